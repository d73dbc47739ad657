import { main } from "./lib/verb";
import { run } from "./restart/run";

main(run);
