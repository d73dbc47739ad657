import { main } from "./lib/verb";
import { run } from "./e2e-faults/run";

main(run);
