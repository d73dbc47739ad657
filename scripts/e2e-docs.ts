import { run } from "./e2e-docs/run";
import { main } from "./lib/verb";

main(run);
