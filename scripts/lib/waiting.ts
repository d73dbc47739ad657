import type { CoreV1Event, V1ContainerStatus, V1EndpointSlice, V1Pod } from "@kubernetes/client-node" with {
  "resolution-mode": "import",
};
import { MEBIBYTES, ROOM } from "../../values/tempo-room";

/** A pod that is not ready. */
export interface Waiting {
  /** The release it belongs to. */
  release: string;
  pod: string;
  /** What it waits for, where that is more than its own start. */
  why?: string;
  /** What ends the wait, where that is known. */
  mend?: string;
}

/**
 * What the pods of the namespace wait for; none: all are ready.
 * @param pulling the kubelet's events of the reason `Pulling`
 */
export function waitingPods(pods: V1Pod[], pulling: CoreV1Event[]): Waiting[] {
  return pods
    .filter((pod) => pod.status?.phase !== "Succeeded" && !isReady(pod))
    .map((pod) => ({
      release: releaseOf(pod),
      pod: pod.metadata?.name ?? "",
      ...whyNot(pod, pulling),
    }));
}

/**
 * What keeps each release whose pods are not all ready, where that is known: what its first pod waits for that tells of it,
 * and of one with several pods how many are ready.
 */
export function waitingReleases(pods: V1Pod[], pulling: CoreV1Event[]): Map<string, string> {
  const told = new Map<string, string>();
  const waiting = waitingPods(pods, pulling);
  for (const release of new Set(waiting.map((one) => one.release))) {
    const all = pods.filter((pod) => releaseOf(pod) === release && pod.status?.phase !== "Succeeded");
    const { pod, why } = waiting.find((one) => one.release === release && one.why !== undefined) ?? {};
    const parts = [
      ...(all.length > 1 ? [`${all.filter(isReady).length} of ${all.length} pods are ready`] : []),
      ...(why === undefined ? [] : [`${pod}: ${why}`]),
    ];
    if (parts.length > 0) told.set(release, parts.join("; "));
  }
  return told;
}

function releaseOf({ metadata }: V1Pod): string {
  return metadata?.labels?.["app.kubernetes.io/instance"] ?? "";
}

export function isReady({ status }: V1Pod): boolean {
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

function whyNot(pod: V1Pod, pulling: CoreV1Event[]): Pick<Waiting, "why" | "mend"> | undefined {
  const { status, metadata } = pod;
  if (metadata?.deletionTimestamp !== undefined) return { why: "ending" };
  const unplaced = status?.conditions?.find((one) => one.type === "PodScheduled" && one.status === "False");
  if (unplaced) return { why: `not placed: ${unplaced.message ?? unplaced.reason}` };
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  for (const container of containers) {
    const why = trouble(container) ?? pull(container, pod, pulling);
    if (why !== undefined) return { why };
  }
  return containers.some(hasNoRoom) ? NO_ROOM : undefined;
}

const NO_ROOM = {
  why: `its volume is short of room (it takes no spans from ${MEBIBYTES.closeBelow} MiB free until there are ${MEBIBYTES.openFrom}), or its container \`${ROOM.container}\` does not answer; spans wait in Alloy's queue`,
  mend: "make room: `docker system df` shows what Docker holds; if there is enough, see docs/troubleshooting.md",
};
/** The sidecar's first look and the first probe. */
const FIRST_LOOK_MS = 10_000;

function hasNoRoom({ name, ready, state }: V1ContainerStatus): boolean {
  const startedAt = state?.running?.startedAt;
  if (name !== ROOM.container || ready || startedAt === undefined) return false;
  return Date.now() - new Date(startedAt).getTime() > FIRST_LOOK_MS;
}

/** The kubelet's reasons for a container that has no image (kubernetes: pkg/kubelet/images/types.go). */
const NO_IMAGE =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable|SignatureValidationFailed)$/;

function trouble({ image, state, lastState }: V1ContainerStatus): string | undefined {
  const { reason = "", message = "" } = state?.waiting ?? {};
  if (NO_IMAGE.test(reason)) return `cannot pull ${image}: ${message || reason}`;
  const ended = state?.terminated ?? lastState?.terminated;
  if (reason === "CrashLoopBackOff")
    return `keeps ending (${ended?.reason ?? "?"}, exit code ${ended?.exitCode ?? "?"})`;
  if (reason === "CreateContainerConfigError") return message;
  return undefined;
}

/**
 * The services that do not lead to their pods. After a restart of the node pods get each other's old addresses, and until
 * the controller has its lease back, for a quarter of a minute, services lead to whoever has them now.
 */
export function strayServices(pods: V1Pod[], slices: V1EndpointSlice[]): string[] {
  const addresses = new Map(pods.map(({ metadata, status }) => [metadata?.uid, status?.podIP]));
  const stray = slices.filter(({ endpoints }) =>
    endpoints?.some(
      ({ targetRef, addresses: [address], conditions }) =>
        targetRef?.kind === "Pod" &&
        (addresses.get(targetRef.uid) !== address || conditions?.ready === false),
    ),
  );
  return [...new Set(stray.map(({ metadata }) => metadata?.labels?.["kubernetes.io/service-name"] ?? ""))];
}

/** The kubelet tells of a pull when it begins; a container that has an image id has its image. */
function pull(
  { image, imageID, state }: V1ContainerStatus,
  { metadata }: V1Pod,
  pulling: CoreV1Event[],
): string | undefined {
  if (imageID !== "" || !state?.waiting) return undefined;
  const told = pulling.some(
    ({ involvedObject, message }) => involvedObject.uid === metadata?.uid && message?.includes(`"${image}"`),
  );
  return told ? `pulling ${image.replace(/^docker\.io\//, "")}` : undefined; // a terminal is narrow
}
