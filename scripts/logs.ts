import { main } from "./lib/verb";
import { run } from "./logs/run";

main(run);
