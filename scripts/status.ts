import { main } from "./lib/verb";
import { run } from "./status/run";

main(run);
