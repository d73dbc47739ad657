import { main } from "./lib/verb";
import { run } from "./render/run";

main(run);
