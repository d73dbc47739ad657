import { coreApi } from "../lib/cluster";
import type { Stack } from "../lib/stack";

/** What Helm's record of a revision says, in the labels of its Secret. */
interface Revision {
  secret: string;
  release: string;
  status: string;
}

/**
 * Forgets the Helm revisions that a killed run was in the middle of: Helm would refuse to touch such a release again. What
 * they put into the cluster stays, data and all, and is taken over by the next installation, which has the same names.
 * @param known the releases that Pulumi's state has; of any other, every revision is half-made
 */
export async function forgetHalfMade(
  known: ReadonlySet<string>,
  where: Pick<Stack, "cluster" | "namespace">,
): Promise<void> {
  const { namespace } = where;
  const api = await coreApi(where.cluster);
  const { items } = await api.listNamespacedSecret({ namespace, labelSelector: "owner=helm" });
  const revisions = items.map(({ metadata }) => ({
    secret: metadata?.name ?? "",
    release: metadata?.labels?.name ?? "",
    status: metadata?.labels?.status ?? "",
  }));
  for (const { secret: name } of revisions.filter((revision) => isHalfMade(revision, known)))
    await api.deleteNamespacedSecret({ name, namespace });
}

export function isHalfMade({ release, status }: Revision, known: ReadonlySet<string>): boolean {
  return !known.has(release) || status.startsWith("pending-");
}
