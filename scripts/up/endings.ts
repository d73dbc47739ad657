import type { V1ObjectMeta } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { answered, coreApi, type Where } from "../lib/cluster";
import { Fault } from "../lib/fault";
import { kubectl } from "../lib/stack";
import { type Patience, waitUntil } from "../lib/wait";

/** Mimir's ingester may take a minute to end, and its volume stays as long. */
const PATIENCE: Patience = { withinMs: 180_000, everyMs: 500 };

/** Names of what is being deleted, and is there as long as a pod or an object within uses it. */
export type Endings = () => Promise<string[]>;

/** Asks the cluster's API for the stack's namespace and its volumes. */
async function endingsIn({ cluster, namespace }: Where): Promise<Endings> {
  const api = await coreApi(cluster);
  const isEnding = (metadata?: V1ObjectMeta) => metadata?.deletionTimestamp !== undefined;
  return async () => {
    const { items: claims } = await answered(api.listNamespacedPersistentVolumeClaim({ namespace }));
    const { items: namespaces } = await answered(
      api.listNamespace({ fieldSelector: `metadata.name=${namespace}` }),
    );
    return [
      ...claims
        .filter(({ metadata }) => isEnding(metadata))
        .map(({ metadata }) => `volume ${metadata!.name}`),
      ...namespaces.filter(({ metadata }) => isEnding(metadata)).map(() => `namespace ${namespace}`),
    ];
  };
}

/**
 * Waits for what a run was deleting when it ended: Pulumi would take it for something that is there to stay.
 * @throws Fault that names what does not end
 */
export async function untilEnded(
  where: Where,
  tell: (text: string) => void,
  { endings, patience }: { endings?: Endings; patience?: Patience } = {},
): Promise<void> {
  const look = endings ?? (await endingsIn(where));
  let told = false;
  const left = await waitUntil(async () => {
    const names = (await look()).join(", ");
    if (names === "") return undefined;
    if (!told) tell(`Waiting for the end of ${names}`);
    told = true;
    return names;
  }, patience ?? PATIENCE);
  if (left === undefined) return;
  throw new Fault(
    `This was being deleted, and does not end: ${left}; \`${kubectl(where)} get pods\` shows what may still use it.`,
  );
}
