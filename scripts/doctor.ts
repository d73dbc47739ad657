import { main } from "./lib/verb";
import { run } from "./doctor/run";

main(run);
