import { main } from "./lib/verb";
import { run } from "./env/run";

main(run);
