import { main } from "./lib/verb";
import { run } from "./open/run";

main(run);
