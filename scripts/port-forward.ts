import { main } from "./lib/verb";
import { run } from "./port-forward/run";

main(run);
