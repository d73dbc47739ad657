import { main } from "./lib/verb";
import { run } from "./faults/run";

main(run);
