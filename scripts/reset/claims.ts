import { GRAFANA } from "../../values/grafana";
import { coreApi, refused, type Where } from "../lib/cluster";
import { Fault } from "../lib/fault";
import { type Patience, waitUntil } from "../lib/wait";

/** A volume that holds telemetry, as Kubernetes calls it: a claim. */
export interface Claim {
  name: string;
  /** As it was asked for, such as 5Gi. */
  size: string;
}

/** The claims of one stack. */
export interface Claims {
  /** All but Grafana's own. */
  list: () => Promise<Claim[]>;
  /** Names of the pods that still use one of them. */
  users: () => Promise<string[]>;
  remove: (claim: Claim) => Promise<unknown>;
}

/** The claims as the cluster has them. */
export async function claimsOf({ cluster, namespace }: Where): Promise<Claims> {
  const api = await coreApi(cluster);
  const holdsTelemetry = (name = "") => name !== GRAFANA.claim;
  return {
    list: async () => {
      const { items } = await api.listNamespacedPersistentVolumeClaim({ namespace }).catch(refused);
      return items
        .map(({ metadata, spec }) => ({
          name: metadata!.name!,
          size: spec?.resources?.requests?.storage ?? "",
        }))
        .filter(({ name }) => holdsTelemetry(name));
    },
    users: async () => {
      const { items } = await api.listNamespacedPod({ namespace }).catch(refused);
      const uses = (names: (string | undefined)[]) =>
        names.some((name) => name !== undefined && holdsTelemetry(name));
      return items
        .filter(({ spec }) =>
          uses((spec?.volumes ?? []).map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName)),
        )
        .map(({ metadata }) => metadata!.name!);
    },
    remove: ({ name }) =>
      api.deleteNamespacedPersistentVolumeClaim({ name, namespace }).catch((error: unknown) => {
        if ((error as { code?: unknown }).code !== 404) refused(error);
      }),
  };
}

/**
 * Removes them, once nobody uses them any more: until then Kubernetes keeps each, and an installation would find it there.
 * @throws Fault that names what is left when time is up
 */
export async function removeAll(
  { list, users, remove }: Claims,
  patience: Patience,
  { tell, isToEnd }: { tell: (waiting: string) => void; isToEnd: () => boolean },
): Promise<void> {
  await Promise.all((await list()).map(remove));
  const why = await waitUntil(async () => {
    const left = [...(await users()), ...(await list()).map(({ name }) => `volume ${name}`)];
    if (left.length === 0) return undefined;
    if (isToEnd()) throw new Fault("it was ended");
    tell(`waiting for the end of ${left.join(", ")}`);
    return left.join(", ");
  }, patience);
  if (why !== undefined)
    throw new Fault(
      `Not all data was removed, since this does not end: ${why}; run \`npm run reset\` again.`,
    );
}
