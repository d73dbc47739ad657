import { main } from "./lib/verb";
import { run } from "./resume/run";

main(run);
