import { coreApi } from "../lib/cluster";
import { HELM_RECORDS, type Revision, revisionOf } from "../lib/helm-records";
import { RELEASES } from "../lib/parts";
import type { Stack } from "../lib/stack";

/** Whether the program may have made a release of that name; of another nobody but its owner knows whether it is half-made. */
export function isOurs(release: string): boolean {
  return RELEASES.includes(release);
}

/**
 * Forgets the releases that a run did not bring to their end, with all their revisions: Helm would refuse to touch some, and a
 * refresh takes the others for installed (tried with provider 4.32). What they put into the cluster stays, data and all, and
 * is taken over by the next installation, which has the same names. That makes it what the settings say, whatever it was.
 * @param known the releases that Pulumi's state has; of any other of ours, every revision is half-made
 */
export async function forgetHalfMade(
  known: ReadonlySet<string>,
  where: Pick<Stack, "cluster" | "namespace">,
): Promise<void> {
  const { namespace } = where;
  const api = await coreApi(where.cluster);
  for (const name of secretsToForget(await readRevisions(where), known))
    await api.deleteNamespacedSecret({ name, namespace });
}

/** The Secrets of the releases whose newest revision a run did not bring to its end. */
export function secretsToForget(revisions: Revision[], known: ReadonlySet<string>): string[] {
  const unfinished = [...newestOf(revisions).values()].filter(
    ({ release, status }) => isOurs(release) && (!known.has(release) || status !== "deployed"),
  );
  const releases = new Set(unfinished.map(({ release }) => release));
  return revisions.filter(({ release }) => releases.has(release)).map(({ secret }) => secret);
}

/** The newest revision of each release. */
export function newestOf(revisions: Revision[]): Map<string, Revision> {
  return new Map([...revisions].sort((a, b) => a.revision - b.revision).map((one) => [one.release, one]));
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
