import { main } from "./lib/verb";
import { run } from "./reset/run";

main(run);
