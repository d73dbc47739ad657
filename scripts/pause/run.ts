import { nodeOf } from "../lib/kind";
import { stopNode } from "../lib/node";
import { plainVerb, wholeCluster } from "../lib/plain-verb";
import type { ExitCode, Surroundings } from "../lib/verb";

const VERB = {
  name: "pause",
  does: "Stops the cluster's node, with all data kept, until `npm run resume`; it stays off when Docker is restarted.",
};

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  return plainVerb(VERB, argv, around, async (engine, tell) => {
    const { cluster, runs } = await wholeCluster(engine);
    if (runs) {
      await stopNode(cluster);
      tell(`${nodeOf(cluster)} is stopped, with all data kept: \`npm run resume\` starts it again.`);
    } else tell(`${nodeOf(cluster)} is stopped already.`);
    return 0;
  });
}
