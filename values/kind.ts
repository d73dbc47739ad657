import { stringify } from "yaml";
import type { HostPorts } from "../settings/defaults";
import { NODE_PORT } from "./shared";

/** Name of the cluster that we make. */
export const CLUSTER_NAME = "watchtower";

/** Where scripts/kind-cluster.sh notes the process that is at work on it. */
export const KIND_AT_WORK = ".watchtower/kind-cluster.pid";

/** kind's configuration: one node, our three ports on the loopback address only (kind's own default is all). */
export function kindConfig(hostPorts: HostPorts): string {
  // All three, whatever the stack runs: a mapping cannot be added later without losing the cluster and its data.
  const mapped: [number, number][] = [
    [hostPorts.grafanaPort, NODE_PORT.grafana],
    [hostPorts.otlpGrpcPort, NODE_PORT.otlpGrpc],
    [hostPorts.otlpHttpPort, NODE_PORT.otlpHttp],
  ];
  return stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    nodes: [
      {
        role: "control-plane",
        extraPortMappings: mapped.map(([hostPort, containerPort]) => ({
          containerPort,
          hostPort,
          listenAddress: "127.0.0.1",
        })),
      },
    ],
    kubeadmConfigPatches: [stringify(KUBELET)],
  });
}

const KUBELET = {
  kind: "KubeletConfiguration",
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  syncFrequency: "5s", // default 1 m: how long a changed ConfigMap or Secret takes to reach a running pod
  serializeImagePulls: false, // side by side: the first start pulls six images
  maxParallelImagePulls: 4,
};
