import type { V1Pod } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { CONTAINERS } from "../../values/containers";
import type { PodNews } from "../lib/cluster";
import { reasonOf } from "../lib/fault";
import { type Finding, together } from "../lib/finding";
import { kubectl, type Stack } from "../lib/stack";
import { waitingPods } from "../lib/waiting";
import { bytesIn, inMiB, type Line } from "./line";
import { partsOf } from "./parts";
import type { KubeletSummary } from "./reader";

type Piece = Omit<Finding, "name">;

/** What the kubelets of the nodes say, or why they do not. */
export type Measured = KubeletSummary[] | string;

/** From here on the next moment may kill the container. */
const MEMORY_IS_TIGHT = 0.9;
/** How long ago a container may have been killed for its memory and still be worth a word. */
const RECENT_MS = 3_600_000;

/** A line for each pod, one for each workload that has none, and one where the kubelet does not tell of memory. */
export function podLines(stack: Stack, { pods, pulling }: PodNews, measured: Measured): Line[] {
  const waiting = new Map(waitingPods(pods, pulling).map(({ pod, why }) => [pod, why ?? "starting"]));
  const living = pods.filter(({ status }) => status?.phase !== "Succeeded");
  const area = "pods" as const;
  return [
    ...living.map((pod): Line => {
      const name = pod.metadata?.name ?? "";
      const why = waiting.get(name);
      const ready: Piece =
        why === undefined
          ? { state: "ok", saw: "ready" }
          : {
              state: "wrong",
              saw: `not ready: ${why}`,
              mend: `see \`${kubectl(stack)} describe pod ${name}\``,
            };
      const restarts = restartsOf(pod);
      const memory = typeof measured === "string" ? [] : memoryOf(pod, measured);
      const data = { ready: why === undefined, restarts: restarts.count, memory };
      return { area, ...together(name, [ready, memoryPiece(memory), restarts.piece]), data };
    }),
    ...missing(stack, living),
    ...(typeof measured === "string"
      ? [{ area, name: "memory", state: "warn" as const, saw: `is not known: ${measured}` }]
      : []),
  ];
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

/** Workloads that should have a pod and have none, as one that was scaled down has. */
function missing(stack: Stack, pods: V1Pod[]): Line[] {
  const parts: readonly string[] = partsOf(stack);
  const wanted = new Map(CONTAINERS.map(({ workload, kind }) => [workload, kind.toLowerCase()]));
  return [...wanted]
    .filter(([workload]) => parts.includes(workload) || parts.includes(workload.split("-")[0]!))
    .filter(([workload]) => !pods.some(({ metadata }) => isOf(workload, metadata?.name ?? "")))
    .map(([workload, kind]) => ({
      area: "pods",
      name: workload,
      state: "wrong",
      saw: "has no pod",
      mend: `if it was scaled down, \`${kubectl(stack)} scale --replicas=1 ${kind}/${workload}\``,
    }));
}

/** Pods are named after their workload: `loki-0`, `alloy-5d8f…-x2x4z`. */
function isOf(workload: string, pod: string): boolean {
  return pod.startsWith(`${workload}-`) && /^(\d+|[^-]+-[^-]+)$/.test(pod.slice(workload.length + 1));
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
