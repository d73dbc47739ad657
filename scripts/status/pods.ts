import type { V1Pod } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import type { PodNews } from "../lib/cluster";
import { reasonOf } from "../lib/fault";
import { type Finding, together } from "../lib/finding";
import { kubectl, type Stack } from "../lib/stack";
import { waitingPods } from "../lib/waiting";
import { bytesIn, inMiB, type Line } from "./line";
import type { KubeletSummary } from "./reader";

type Piece = Omit<Finding, "name">;

/** What the kubelets of the nodes say, or why they do not. */
export type Measured = KubeletSummary[] | string;

/** From here on the next moment may kill the container. */
const MEMORY_IS_TIGHT = 0.9;
/** How long ago a container may have been killed for its memory and still be worth a word. */
const RECENT_MS = 3_600_000;

/** A line for each pod, and one where the kubelet does not tell of memory. */
export function podLines(stack: Stack, { pods, pulling }: PodNews, measured: Measured): Line[] {
  const waiting = new Map(waitingPods(pods, pulling).map((one) => [one.pod, one]));
  const area = "pods" as const;
  return [
    ...livingOf(pods).map((pod): Line => {
      const name = pod.metadata?.name ?? "";
      const { why = "starting", mend = `see \`${kubectl(stack)} describe pod ${name}\`` } =
        waiting.get(name) ?? {};
      const isReady = !waiting.has(name);
      const ready: Piece = isReady
        ? { state: "ok", saw: "ready" }
        : { state: "wrong", saw: `not ready: ${why}`, mend };
      const restarts = restartsOf(pod);
      const memory = typeof measured === "string" ? [] : memoryOf(pod, measured);
      const data = { ready: isReady, restarts: restarts.count, memory };
      return { area, ...together(name, [ready, memoryPiece(memory), restarts.piece]), data };
    }),
    ...(typeof measured === "string"
      ? [{ area, name: "memory", state: "warn" as const, saw: `is not known: ${measured}` }]
      : []),
  ];
}

/** Without those whose work is done. */
export function livingOf(pods: V1Pod[]): V1Pod[] {
  return pods.filter(({ status }) => status?.phase !== "Succeeded");
}

/** Memory of one container, in bytes. */
interface Memory {
  container: string;
  /** Undefined: the kubelet has not measured it yet. */
  used?: number;
  /** Undefined: it has none. */
  limit?: number;
}

function memoryOf({ metadata, spec }: V1Pod, summaries: KubeletSummary[]): Memory[] {
  const own = summaries
    .flatMap(({ pods = [] }) => pods)
    .find(({ podRef }) => podRef.name === metadata?.name && podRef.namespace === metadata.namespace);
  return (spec?.containers ?? []).map(({ name, resources }) => ({
    container: name,
    used: own?.containers?.find((one) => one.name === name)?.memory?.workingSetBytes,
    limit: bytesIn(resources?.limits?.memory),
  }));
}

/** Of the container that is nearest to its limit. */
function memoryPiece(memory: Memory[]): Piece {
  const shares = memory.flatMap(({ container, used, limit }) =>
    used === undefined || limit === undefined ? [] : [{ container, used, limit, share: used / limit }],
  );
  const [fullest] = shares.sort((a, b) => b.share - a.share);
  if (fullest === undefined) return { state: "ok", saw: "memory not known" };
  const saw = `${inMiB(fullest.used)} of ${inMiB(fullest.limit)}`;
  if (fullest.share < MEMORY_IS_TIGHT) return { state: "ok", saw };
  return { state: "warn", saw: `${saw} in ${fullest.container}, and at all of it it is killed` };
}

function restartsOf({ status }: V1Pod): { count: number; piece: Piece } {
  const containers = status?.containerStatuses ?? [];
  const count = containers.reduce((sum, { restartCount }) => sum + restartCount, 0);
  if (count === 0) return { count, piece: { state: "ok", saw: "no restart" } };
  const [last] = containers
    .flatMap(({ lastState }) => (lastState?.terminated ? [lastState.terminated] : []))
    .sort((a, b) => at(b.finishedAt) - at(a.finishedAt));
  const saw = `${count} restart${count === 1 ? "" : "s"}${last ? ` (${last.reason ?? `exit code ${last.exitCode}`})` : ""}`;
  const killed = last?.reason === "OOMKilled" && Date.now() - at(last.finishedAt) < RECENT_MS;
  return { count, piece: { state: killed ? "warn" : "ok", saw } };
}

function at(time: Date | undefined): number {
  return time === undefined ? 0 : new Date(time).getTime();
}

/** Asks the kubelet of every node that a pod of ours is on. */
export async function measure(
  pods: V1Pod[],
  kubelet: (node: string) => Promise<KubeletSummary>,
): Promise<Measured> {
  const nodes = new Set(pods.flatMap(({ spec }) => (spec?.nodeName === undefined ? [] : [spec.nodeName])));
  try {
    return await Promise.all([...nodes].map(kubelet));
  } catch (error) {
    return reasonOf(error);
  }
}
