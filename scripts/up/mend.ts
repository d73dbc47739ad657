import type { Engine, Kept } from "../lib/engine";
import { clusterState } from "../lib/kind";
import { startNode } from "../lib/node";

/**
 * Makes state and machine agree again where the cluster is not as Pulumi left it. Pulumi itself would not look: a command
 * has nothing that reads, so a cluster that was deleted counts as there. What is in a running cluster stays.
 */
export async function mend(
  engine: Engine,
  { cluster, clusterUrn }: Kept,
  tell: (text: string) => void,
  start = startNode,
): Promise<void> {
  if (cluster === undefined || clusterUrn === undefined) return; // one that was only begun, the program makes anew
  const state = await clusterState(cluster);
  if (state === "running") return;
  if (state === "stopped") {
    tell("The cluster is stopped: starting it");
    return start(cluster, tell);
  }
  tell(`The cluster is ${state === "half-made" ? "half-made" : "gone"}: making it anew`);
  // With all that lived in it; what does not, such as a drawn password, stays.
  await engine.destroy({ target: [clusterUrn], targetDependents: true });
}
