import type { V1PodList } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { SECOND } from "../../alloy/labels";
import { ALLOY } from "../../values/alloy";
import { ALLOY_PORT, type Where } from "./cluster";
import { Fault } from "./fault";
import { labelsOf, readPaths } from "./paths";
import { answerOf, type ApiRequest, mergePatch, plainApi } from "./plain-api";
import { parseMetrics } from "./prometheus";
import { SIGNALS } from "./signals";
import type { Stack } from "./stack";
import { type Patience, waitUntil } from "./wait";

/** What a stack's paths follow from. */
export type Wanted = Pick<Stack, "components" | "sumoDestination">;

/** What Alloy and its cluster are asked. */
export interface AlloyPod {
  /** A page of Alloy's own. */
  page: (path: string) => Promise<string>;
  /** The Secret that Alloy reads Sumo's address from, as the cluster has it. */
  credentials: () => Promise<Record<string, string>>;
  /** Has the kubelet bring what has changed to the pod at once: else that takes 5 s in our own cluster, and 90 s in others. */
  hurry: () => Promise<void>;
}

/** The address of the second path is read again every 5 s (`alloy/sumo.alloy`). */
const PATIENCE: Patience = { withinMs: 120_000, everyMs: 100 };
/** The kubelet may look for what has changed just before it knows of it. */
const HURRY_EVERY_MS = 3_000;

/**
 * Waits until Alloy runs the paths that the stack is to have: until then, what is sent goes the former ways.
 * @throws Fault that says what keeps it
 */
export async function untilInEffect(
  wanted: Wanted,
  pod: AlloyPod,
  patience: Patience = PATIENCE,
): Promise<void> {
  let hurriedAt = -Infinity;
  const why = await waitUntil(async () => {
    const missing = await notInEffect(wanted, pod);
    if (missing !== undefined && performance.now() - hurriedAt > HURRY_EVERY_MS) {
      hurriedAt = performance.now();
      await pod.hurry(); // where it fails, it takes longer
    }
    return missing;
  }, patience);
  if (why === undefined) return;
  throw new Fault(
    `All is made, but Alloy does not go by it within ${patience.withinMs / 1_000} s (${why}): \`npm run status\` says more.`,
  );
}

/** Says what Alloy does not do yet, or still does; undefined: its paths are as they are to be. */
export async function notInEffect(
  { components, sumoDestination }: Wanted,
  { page, credentials }: Pick<AlloyPod, "page" | "credentials">,
): Promise<string | undefined> {
  const local = SIGNALS.filter(({ backend }) => components.includes(backend));
  const second = sumoDestination === "off" ? [] : SIGNALS.map(({ dataType }) => idOf(SECOND, dataType));
  const wanted = [...local.map(({ backend, dataType }) => idOf(backend, dataType)), ...second];
  const { paths } = readPaths(parseMetrics(await page("metrics")));
  const runs = paths.map(({ exporter, signal }) => idOf(exporter, signal));
  const extra = runs.find((id) => !wanted.includes(id));
  if (extra !== undefined) return `Alloy still runs ${extra}`;
  const missing = wanted.find((id) => !runs.includes(id));
  if (missing !== undefined) return `Alloy does not run ${missing} yet`;
  if (second.length === 0) return undefined;
  const { endpoint = "", "headers.json": headers = "{}" } = await credentials();
  const place = JSON.stringify([endpoint, sorted(JSON.parse(headers) as Record<string, string>)]);
  const places = await Promise.all(second.map((id) => page(`api/v0/web/components/${id}`).then(placeOf)));
  const former = second.find((_, i) => places[i] !== place);
  return former && `${former} still sends to its former address, or with its former headers`;
}

const idOf = (...of: Parameters<typeof labelsOf>): string => labelsOf(...of).component_id;

/** A block or an attribute of a component, as Alloy's page tells it to its own user interface. */
interface Statement {
  name: string;
  body?: Statement[];
  value?: { value: unknown };
}

/** Where an exporter sends to, and what it says of itself. */
function placeOf(component: string): string {
  const { arguments: all } = JSON.parse(component) as { arguments: Statement[] };
  const client = all.find(({ name }) => name === "client")?.body ?? [];
  const value = (key: string) => client.find(({ name }) => name === key)?.value?.value;
  const headers = (value("headers") ?? []) as { key: string; value: { value: string } }[];
  return JSON.stringify([
    value("endpoint"),
    sorted(Object.fromEntries(headers.map(({ key, value: { value } }) => [key, value]))),
  ]);
}

function sorted(headers: Record<string, string>): [string, string][] {
  return Object.entries(headers).sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Asks the cluster's API, whose client refuses what Alloy's page answers without a Content-Type. */
export function alloyPod({ cluster, namespace }: Where): AlloyPod {
  const connecting = plainApi(cluster);
  connecting.catch(() => {}); // told to whoever asks
  const ask = async (path: string, how?: ApiRequest): Promise<string> =>
    (await answerOf(await connecting, `/api/v1/namespaces/${namespace}/${path}`, how)).toString();
  return {
    page: (path) => ask(`services/alloy:${ALLOY_PORT}/proxy/${path}`),
    credentials: async () => {
      const { data } = JSON.parse(await ask(`secrets/${ALLOY.credentials}`)) as {
        data: Record<string, string>;
      };
      const texts = Object.entries(data).map(([key, value]) => [
        key,
        Buffer.from(value, "base64").toString(),
      ]);
      return Object.fromEntries(texts) as Record<string, string>;
    },
    // A kubelet syncs a pod, its volumes with it, when the pod itself has changed.
    hurry: async () => {
      const { items } = JSON.parse(
        await ask("pods?labelSelector=app.kubernetes.io%2Finstance%3Dalloy"),
      ) as Pick<V1PodList, "items">;
      const annotations = { "watchtower/configuration-changed-at": new Date().toISOString() };
      const patch = mergePatch({ metadata: { annotations } });
      await Promise.all(items.map(({ metadata }) => ask(`pods/${metadata!.name}`, patch)));
    },
  };
}
