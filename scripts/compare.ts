import { run } from "./compare/run";
import { main } from "./lib/verb";

main(run);
