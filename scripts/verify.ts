import { main } from "./lib/verb";
import { run } from "./verify/run";

main(run);
