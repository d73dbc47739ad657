import type { AppsV1Api, V1Deployment, V1StatefulSet } from "@kubernetes/client-node" with {
  "resolution-mode": "import",
};
import { kubeConfig, type Where } from "./cluster";

/** A Deployment or StatefulSet, as `kind` tells. */
export type Workload = V1Deployment | V1StatefulSet;

/** @throws Fault when the user's kubeconfig does not know the cluster */
export async function appsApi(cluster: Where["cluster"]): Promise<AppsV1Api> {
  const { AppsV1Api } = await import("@kubernetes/client-node");
  return (await kubeConfig(cluster)).makeApiClient(AppsV1Api);
}

/** Every Deployment and StatefulSet of the namespace. */
export async function listWorkloads(api: AppsV1Api, namespace: string): Promise<Workload[]> {
  const [deployments, statefulSets] = await Promise.all([
    api.listNamespacedDeployment({ namespace }),
    api.listNamespacedStatefulSet({ namespace }),
  ]);
  // A list's items do not say of what kind they are.
  return [
    ...deployments.items.map((one) => ({ ...one, kind: "Deployment" })),
    ...statefulSets.items.map((one) => ({ ...one, kind: "StatefulSet" })),
  ];
}
