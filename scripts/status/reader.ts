import type {
  V1Node,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Secret,
} from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { apiVersion, coreApi, pageReader, type PodNews, podReader, type ReadPage } from "../lib/cluster";
import { reasonOf } from "../lib/fault";
import { HELM_RECORDS } from "../lib/helm-records";
import type { Stack } from "../lib/stack";
import { within } from "../lib/wait";
import { appsApi, listWorkloads, type Workload } from "../lib/workloads";

/** All that status asks a cluster; each rejects in words that a line has room for. */
export interface ClusterReader {
  version: () => Promise<string>;
  nodes: () => Promise<V1Node[]>;
  pods: () => Promise<PodNews>;
  /** Helm's records, but for those that a later one took the place of. */
  records: () => Promise<V1Secret[]>;
  workloads: () => Promise<Workload[]>;
  claims: () => Promise<V1PersistentVolumeClaim[]>;
  volumes: () => Promise<V1PersistentVolume[]>;
  /** What the kubelet of a node measures. */
  kubelet: (node: string) => Promise<KubeletSummary>;
  page: ReadPage;
  /** The last lines of a container's log. */
  log: (pod: string, container: string) => Promise<string>;
}

/** Of the kubelet's `/stats/summary`: sizes in bytes; what it cannot measure, it leaves out. */
export interface KubeletSummary {
  node?: { fs?: { availableBytes?: number; capacityBytes?: number } };
  pods?: {
    podRef: { name: string; namespace: string };
    containers?: { name: string; memory?: { workingSetBytes?: number } }[];
    volume?: { pvcRef?: { name: string }; usedBytes?: number }[];
  }[];
}

/** A cluster that answers at all does so in a moment; one that is paused takes the connection and says nothing. */
const ANSWER_WITHIN_MS = 2_000;
/** How far back a failed attempt of Alloy's still says something of now. */
const LOG = { sinceSeconds: 900, tailLines: 2_000 };

/** Asks the cluster's API. */
export function clusterReader({ cluster, namespace }: Stack): ClusterReader {
  const connecting = coreApi(cluster);
  connecting.catch(() => {}); // told to whoever asks
  const ask = async <T>(question: (api: Awaited<typeof connecting>) => Promise<T>): Promise<T> => {
    const api = await connecting;
    return within(ANSWER_WITHIN_MS, question(api)).catch((error: unknown) => {
      throw new Error(shortly(error));
    });
  };
  const items = <T>(question: (api: Awaited<typeof connecting>) => Promise<{ items: T[] }>) =>
    ask(question).then((list) => list.items);
  const [pods, page] = [podReader({ cluster, namespace }), pageReader({ cluster, namespace })];
  return {
    version: () => ask(() => apiVersion(cluster)),
    nodes: () => items((api) => api.listNode()),
    pods: () => ask(pods),
    records: () =>
      items((api) =>
        api.listNamespacedSecret({ namespace, labelSelector: `${HELM_RECORDS},status!=superseded` }),
      ),
    workloads: () => ask(async () => listWorkloads(await appsApi(cluster), namespace)),
    claims: () => items((api) => api.listNamespacedPersistentVolumeClaim({ namespace })),
    volumes: () => items((api) => api.listPersistentVolume()),
    kubelet: async (name) => {
      const summary: unknown = await ask((api) =>
        api.connectGetNodeProxyWithPath({ name, path: "stats/summary" }),
      );
      return (typeof summary === "string" ? JSON.parse(summary) : summary) as KubeletSummary;
    },
    page: (...of) => within(ANSWER_WITHIN_MS, page(...of)),
    log: (name, container) => ask((api) => api.readNamespacedPodLog({ name, namespace, container, ...LOG })),
  };
}

/** The client's own message is a page of headers. */
function shortly(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (code === 401 || code === 403) return `the cluster does not let you ask (${code})`;
  return typeof code === "number" ? `the cluster's API answers ${code}` : reasonOf(error);
}
