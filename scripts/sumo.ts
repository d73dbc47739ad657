import { main } from "./lib/verb";
import { run } from "./sumo/run";

main(run);
