import { main } from "./lib/verb";
import { run } from "./pause/run";

main(run);
