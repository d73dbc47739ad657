import { nodeOf, clusterState } from "../lib/kind";
import { stopNode } from "../lib/node";
import { ownCluster, plainVerb } from "../lib/plain-verb";
import { Fault } from "../lib/fault";
import type { ExitCode, Surroundings } from "../lib/verb";

const VERB = {
  name: "pause",
  does: "Stops the cluster's node, with all data kept, until `npm run resume`; it stays off when Docker is restarted.",
};

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  return plainVerb(VERB, argv, around, async (engine, tell) => {
    const cluster = ownCluster(await engine?.kept());
    const state = await clusterState(cluster);
    if (state === "stopped") tell(`${nodeOf(cluster)} is stopped already.`);
    else if (state !== "running") throw new Fault(`The cluster is ${state}: \`npm run up\` makes it anew.`);
    else {
      await stopNode(cluster);
      tell(`${nodeOf(cluster)} is stopped, with all data kept: \`npm run resume\` starts it again.`);
    }
    return 0;
  });
}
