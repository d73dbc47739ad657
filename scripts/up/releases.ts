import { coreApi } from "../lib/cluster";
import { HELM_RECORDS, type Revision, revisionOf } from "../lib/helm-records";
import { RELEASES } from "../lib/parts";
import type { Stack } from "../lib/stack";

/** Whether the program may have made a release of that name; of another nobody but its owner knows whether it is half-made. */
export function isOurs(release: string): boolean {
  return RELEASES.includes(release);
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

/** Whether a run was cut off in the middle of a revision; of a release that is not ours nobody but its owner knows. */
export function isHalfMade(
  { release, status }: Pick<Revision, "release" | "status">,
  known: ReadonlySet<string>,
): boolean {
  return isOurs(release) && (!known.has(release) || status.startsWith("pending-"));
}
