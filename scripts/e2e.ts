import { main } from "./lib/verb";
import { run } from "./e2e/run";

main(run);
