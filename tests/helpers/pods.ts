import type { CoreV1Event, V1ContainerStatus, V1Pod } from "@kubernetes/client-node" with {
  "resolution-mode": "import",
};

/** When the containers of a pod that runs began. */
export const STARTED = new Date("2026-01-02T10:00:00Z");

/** A pod as the cluster's API tells of it: ready, or with what is said of its containers. */
export function pod(
  name: string,
  {
    ready = false,
    ...more
  }: { ready?: boolean; phase?: string; init?: object; container?: object; unplaced?: string } = {},
): V1Pod {
  const {
    phase = "Pending",
    init,
    container = { state: { running: { startedAt: STARTED } } },
    unplaced,
  } = more;
  const condition = (type: string, status: boolean, message?: string) => ({
    type,
    status: status ? "True" : "False",
    message,
  });
  return {
    metadata: { name, uid: `uid-of-${name}`, labels: { "app.kubernetes.io/instance": name.split("-")[0]! } },
    status: {
      phase,
      conditions: [condition("PodScheduled", unplaced === undefined, unplaced), condition("Ready", ready)],
      ...(init && { initContainerStatuses: [status(init)] }),
      ...(unplaced === undefined && { containerStatuses: [status(container)] }),
    },
  };
}

/** The kubelet's word that a pull was begun. */
export function pullOf(image: string, name: string): CoreV1Event {
  return { involvedObject: { uid: `uid-of-${name}` }, message: `Pulling image "${image}"`, metadata: {} };
}

function status(more: object): V1ContainerStatus {
  const ready = { name: "main", image: "image", imageID: "sha256:1", ready: true, restartCount: 0 };
  return { ...ready, ...more };
}
