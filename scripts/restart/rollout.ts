import { answered, refused, type Where } from "../lib/cluster";
import { Fault } from "../lib/fault";
import type { Part } from "../lib/parts";
import { type Patience, waitUntil } from "../lib/wait";
import { appsApi, listWorkloads, type Workload } from "../lib/workloads";

/** The workloads of a part, as its cluster has them and takes changes to them. */
export interface Workloads {
  list: () => Promise<Workload[]>;
  /** Makes its pods anew. */
  restart: (workload: Workload) => Promise<unknown>;
}

/** What `kubectl rollout restart` changes, too: any change of the template makes new pods. */
const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

export async function workloadsOf(part: Part, { cluster, namespace }: Where): Promise<Workloads> {
  const { PatchStrategy, setHeaderOptions } = await import("@kubernetes/client-node");
  const api = await appsApi(cluster);
  const merge = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
  const own = ({ metadata }: Workload) => part.workloads.includes(metadata!.name!);
  const body = {
    spec: { template: { metadata: { annotations: { [RESTARTED_AT]: new Date().toISOString() } } } },
  };
  return {
    list: async () => (await listWorkloads(api, namespace).catch(refused)).filter(own),
    restart: ({ kind, metadata }) => {
      const what = { name: metadata!.name!, namespace, body };
      const patched =
        kind === "Deployment"
          ? api.patchNamespacedDeployment(what, merge)
          : api.patchNamespacedStatefulSet(what, merge);
      return answered(patched);
    },
  };
}

/**
 * Restarts all of them side by side, and waits until their new pods are ready and the old ones gone.
 * @throws Fault that names those that are not
 */
export async function restart(
  { list, restart }: Workloads,
  patience: Patience,
  tell: (waiting: string) => void,
): Promise<void> {
  const workloads = await answered(list());
  if (workloads.length === 0)
    throw new Fault("There is nothing of it in the cluster: `npm run status` names what brings it back.");
  await Promise.all(workloads.map(restart));
  const why = await waitUntil(async () => {
    const missing = (await list()).flatMap(notRolledOut);
    if (missing.length === 0) return undefined;
    tell(`waiting for ${missing.join(", ")}`);
    return missing.join(", ");
  }, patience);
  if (why !== undefined) throw new Fault(`It was restarted, and is not ready yet: ${why}.`);
}

/** What a workload still waits for; none: all its pods are new, and ready. */
export function notRolledOut({ metadata, spec, status }: Workload): string[] {
  const wanted = spec?.replicas ?? 1;
  const { observedGeneration = 0, updatedReplicas = 0, readyReplicas = 0, replicas = 0 } = status ?? {};
  const name = metadata?.name ?? "";
  if (observedGeneration < (metadata?.generation ?? 0)) return [`${name} (not begun)`];
  if (updatedReplicas < wanted || replicas > updatedReplicas)
    return [`${name} (old pod ends, new pod starts)`];
  return readyReplicas < wanted ? [`${name} (starting)`] : [];
}
