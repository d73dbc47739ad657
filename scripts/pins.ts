import { main } from "./lib/verb";
import { run } from "./pins/run";

main(run);
