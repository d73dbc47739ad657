import type { Engine, Kept } from "../lib/engine";
import { clusterState } from "../lib/kind";
import { keepPodTrafficInside, startNode } from "../lib/node";
import type { Stack } from "../lib/stack";
import { untilEnded } from "./endings";
import { endOrphans } from "./orphans";
import { forgetHalfMade } from "./releases";

/** What mending works on. */
export interface Broken {
  engine: Engine;
  kept: Kept;
  /** Where the stack is, once there is a cluster. */
  where: Pick<Stack, "cluster" | "namespace">;
  tell: (text: string) => void;
}

/**
 * Makes state and machine agree again where a run was killed, or where the cluster is not as Pulumi left it. Pulumi itself
 * would not look: a command has nothing that reads, so a cluster that was deleted counts as there. What is in a running
 * cluster stays.
 */
export async function mend(
  { engine, kept, where, tell }: Broken,
  act = { startNode, keepPodTrafficInside, endOrphans, untilEnded, forgetHalfMade },
): Promise<void> {
  const { cluster, clusterUrn, interrupted, releases, resources } = kept;
  if (cluster && !clusterUrn) return; // one that was only begun, the program makes anew
  const state = cluster ? await clusterState(cluster) : "running";
  if (state === "stopped") {
    tell("The cluster is stopped: starting it");
    await act.startNode(cluster!, tell);
  } else if (state !== "running") {
    tell(`The cluster is ${state === "half-made" ? "half-made" : "gone"}: making it anew`);
    // With all that lived in it; what does not, such as a drawn password, stays.
    return engine.destroy({ target: [clusterUrn!], targetDependents: true });
  } else if (cluster) await act.keepPodTrafficInside(cluster);
  if (!interrupted || resources === 0) return;
  tell("The last run did not come to its end: looking at what there is");
  await act.endOrphans(tell);
  await act.untilEnded(where, tell);
  await act.forgetHalfMade(releases, where);
}
