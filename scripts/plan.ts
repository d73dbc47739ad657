import { main } from "./lib/verb";
import { run } from "./plan/run";

main(run);
