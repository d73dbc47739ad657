import type { V1Pod, V1StatefulSet } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { coreApi, type PodNews, podReader, type Where } from "../lib/cluster";
import { isReady } from "../lib/waiting";
import { appsApi } from "../lib/workloads";

/**
 * Reads the pods as `podReader` does, and first deletes those that are stuck: a StatefulSet waits until its pod is ready
 * before it replaces it (kubernetes/kubernetes#67250), so a mended configuration would never reach a pod that cannot be ready
 * because of the former one.
 */
export function podReaderThatFrees(where: Where, tell: (text: string) => void): () => Promise<PodNews> {
  const { cluster, namespace } = where;
  const read = podReader(where);
  const connecting = Promise.all([appsApi(cluster), coreApi(cluster)]);
  connecting.catch(() => {}); // told to whoever asks
  return async () => {
    const [apps, core] = await connecting;
    const [sets, news] = await Promise.all([apps.listNamespacedStatefulSet({ namespace }), read()]);
    for (const { metadata } of stuckPods(sets.items, news.pods)) {
      const { name = "", uid } = metadata ?? {};
      tell(`${name} was made with a former configuration and is not ready: replacing it`);
      await core.deleteNamespacedPod({ name, namespace, body: { preconditions: { uid } } });
    }
    return news;
  };
}

/** Pods that are not ready, and that their StatefulSet would make otherwise by now. */
export function stuckPods(sets: V1StatefulSet[], pods: V1Pod[]): V1Pod[] {
  return pods.filter((pod) => {
    const { labels, ownerReferences, deletionTimestamp } = pod.metadata ?? {};
    const set = sets.find(({ metadata }) => ownerReferences?.some(({ uid }) => uid === metadata?.uid));
    if (!set || deletionTimestamp !== undefined || isReady(pod)) return false;
    const { observedGeneration, updateRevision } = set.status ?? {};
    const isSeen = observedGeneration === set.metadata?.generation;
    return isSeen && labels?.["controller-revision-hash"] !== updateRevision;
  });
}
