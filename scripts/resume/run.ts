import { nodeOf } from "../lib/kind";
import { startNode } from "../lib/node";
import { plainVerb, wholeCluster } from "../lib/plain-verb";
import { Screen } from "../lib/screen";
import type { ExitCode, Surroundings } from "../lib/verb";

const VERB = {
  name: "resume",
  does: "Starts the cluster's node after `npm run pause`, and waits until every pod is ready again.",
};

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  return plainVerb(VERB, argv, around, async (engine, tell) => {
    const { cluster } = await wholeCluster(engine);
    const screen = new Screen(around.out);
    await startNode(cluster, (waiting) => screen.status(waiting));
    screen.clear();
    tell(`${nodeOf(cluster)} runs, and every pod is ready.`);
    return 0;
  });
}
