import { main } from "./lib/verb";
import { run } from "./down/run";

main(run);
