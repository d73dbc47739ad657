import { main } from "./lib/verb";
import { run } from "./test-data/run";

main(run);
