import { COMPONENTS } from "../../versions";
import { coreApi } from "../lib/cluster";
import { HELM_RECORDS, type Revision, revisionOf } from "../lib/helm-records";
import type { Stack } from "../lib/stack";

/** The releases that the program may make; of another in our namespace nobody but its owner knows whether it is half-made. */
const OURS: readonly string[] = [...COMPONENTS, "sumo-stand-in"];

/** Whether the program may have made a release of that name. */
export function isOurs(release: string): boolean {
  return OURS.includes(release);
}

/**
 * Forgets the Helm revisions that a killed run was in the middle of: Helm would refuse to touch such a release again. What
 * they put into the cluster stays, data and all, and is taken over by the next installation, which has the same names.
 * @param known the releases that Pulumi's state has; of any other of ours, every revision is half-made
 */
export async function forgetHalfMade(
  known: ReadonlySet<string>,
  where: Pick<Stack, "cluster" | "namespace">,
): Promise<void> {
  const { namespace } = where;
  const api = await coreApi(where.cluster);
  const revisions = await readRevisions(where);
  for (const { secret: name } of revisions.filter((revision) => isHalfMade(revision, known)))
    await api.deleteNamespacedSecret({ name, namespace });
}

/** Every revision that Helm keeps in the namespace. */
export async function readRevisions({
  cluster,
  namespace,
}: Pick<Stack, "cluster" | "namespace">): Promise<Revision[]> {
  const api = await coreApi(cluster);
  const { items } = await api.listNamespacedSecret({ namespace, labelSelector: HELM_RECORDS });
  return items.map(revisionOf);
}

export function isHalfMade(
  { release, status }: Pick<Revision, "release" | "status">,
  known: ReadonlySet<string>,
): boolean {
  return isOurs(release) && (!known.has(release) || status.startsWith("pending-"));
}
