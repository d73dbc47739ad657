import { main } from "./lib/verb";
import { run } from "./up/run";

main(run);
