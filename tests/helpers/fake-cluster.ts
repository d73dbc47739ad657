import { gzipSync } from "node:zlib";
import type {
  CoreV1Event,
  V1Node,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1Secret,
} from "@kubernetes/client-node" with { "resolution-mode": "import" };
import type { Workload } from "../../scripts/lib/workloads";
import type { ClusterReader, KubeletSummary } from "../../scripts/status/reader";
import { CONTAINERS } from "../../values/containers";
import { CHARTS, type Component, COMPONENTS } from "../../versions";

const NODE = "watchtower-control-plane";
const MiB = 2 ** 20;

/** A record of Helm's, packed as Helm packs it. */
export function helmRecord(
  release: string,
  { status = "deployed", revision = 1, version = "" } = {},
  chart = CHARTS[release === "sumo-stand-in" ? "alloy" : (release as Component)],
): V1Secret {
  const metadata = { name: chart.chart, version: version || chart.version, appVersion: chart.appVersion };
  const packed = gzipSync(JSON.stringify({ name: release, chart: { metadata } })).toString("base64");
  return {
    metadata: {
      name: `sh.helm.release.v1.${release}.v${revision}`,
      labels: { owner: "helm", name: release, status, version: String(revision) },
    },
    data: { release: Buffer.from(packed).toString("base64") },
  };
}

/** The API of a cluster with the whole stack in it: well, until a test changes something. */
export class FakeCluster {
  version: () => Promise<string> = () => Promise.resolve("v1.34.4");
  readonly nodes: V1Node[] = [
    { metadata: { name: NODE }, status: { conditions: [condition("Ready", "True")] } },
  ];
  readonly pods: V1Pod[];
  readonly workloads: Workload[];
  readonly pulling: CoreV1Event[] = [];
  readonly records: V1Secret[];
  readonly claims: V1PersistentVolumeClaim[];
  readonly volumes: V1PersistentVolume[];
  readonly summary: Required<KubeletSummary>;
  /** Alloy's log. */
  log = "";
  /** Whatever is asked here does not answer, or as it says: `nodes`, `pods`, `kubelet`, `tempo`, … */
  readonly broken = new Map<string, string | Error>();
  /** Sizes of the node's folders; undefined: the node cannot be asked. */
  folders?: Map<string, number> = new Map();
  readonly asked: string[] = [];

  /** @param pageOf the metrics page of a service */
  constructor(
    readonly pageOf: (service: string) => string | undefined,
    parts: readonly string[] = [...COMPONENTS, "sumo-stand-in"],
  ) {
    const own = CONTAINERS.filter(
      ({ workload }) => parts.includes(workload.split("-")[0]!) || parts.includes(workload),
    );
    const workloads = [...new Map(own.map((one) => [one.workload, one.kind]))];
    this.pods = workloads.map(([workload, kind]) => {
      const name = `${workload}-${kind === "StatefulSet" ? "0" : "6f7b8c9d-x2x4z"}`;
      return pod(
        name,
        parts.includes(workload) ? workload : "mimir",
        own.filter((one) => one.workload === workload),
      );
    });
    this.workloads = workloads.map(([name, kind]) => ({ kind, metadata: { name } }));
    this.records = parts.map((part) => helmRecord(part));
    const claimed = ["tempo", "loki", "mimir", "grafana", "alloy-data"].filter((name) =>
      parts.includes(name.split("-")[0]!),
    );
    this.claims = claimed.map((name) => ({
      metadata: { name },
      spec: { volumeName: `pv-${name}`, resources: { requests: { storage: "2Gi" } } },
      status: { phase: "Bound", capacity: { storage: "2Gi" } },
    }));
    this.volumes = claimed.map((name) => ({
      metadata: { name: `pv-${name}` },
      spec: { hostPath: { path: `/volumes/${name}` } },
    }));
    for (const name of claimed) this.folders!.set(`/volumes/${name}`, 100 * MiB);
    this.summary = {
      node: { fs: { availableBytes: 40 * 1024 * MiB, capacityBytes: 100 * 1024 * MiB } },
      pods: this.pods.map(({ metadata, spec }) => ({
        podRef: { name: metadata!.name!, namespace: "watchtower" },
        containers: spec!.containers.map(({ name }) => ({ name, memory: { workingSetBytes: 20 * MiB } })),
      })),
    };
  }

  get reader(): ClusterReader {
    return {
      version: () => this.version(),
      nodes: () => this.answer("nodes", this.nodes),
      pods: () => this.answer("pods", { pods: this.pods, pulling: this.pulling }),
      records: () => this.answer("records", this.records),
      workloads: () => this.answer("workloads", this.workloads),
      claims: () => this.answer("claims", this.claims),
      volumes: () => this.answer("volumes", this.volumes),
      kubelet: () => this.answer("kubelet", this.summary),
      log: () => this.answer("log", this.log),
      page: async (service, port, path) => {
        this.asked.push(`${service}:${port}/${path}`);
        if (path !== "metrics") return this.answer(service, "ready");
        await this.answer(`${service} metrics`, "");
        const page = this.pageOf(service);
        if (page === undefined) throw new Error(`${service} has no pod that is ready`);
        return page;
      },
    };
  }

  readonly diskUse = (): Promise<Map<string, number>> =>
    this.folders === undefined
      ? Promise.reject(new Error("the node does not answer"))
      : Promise.resolve(this.folders);

  /** The pod of a workload. */
  podOf(workload: string): V1Pod {
    return this.pods.find(({ metadata }) => metadata!.name!.startsWith(`${workload}-`))!;
  }

  /** Takes the pod of a workload away. */
  losePodOf(workload: string): void {
    this.pods.splice(this.pods.indexOf(this.podOf(workload)), 1);
  }

  /** A workload itself. */
  workload(name: string): Workload {
    return this.workloads.find(({ metadata }) => metadata!.name === name)!;
  }

  private answer<T>(what: string, value: T): Promise<T> {
    const why = this.broken.get(what);
    return why === undefined
      ? Promise.resolve(value)
      : Promise.reject(why instanceof Error ? why : new Error(why));
  }
}

function condition(type: string, status: string) {
  return { type, status, message: "" };
}

function pod(name: string, release: string, containers: typeof CONTAINERS): V1Pod {
  return {
    metadata: { name, namespace: "watchtower", labels: { "app.kubernetes.io/instance": release } },
    spec: {
      nodeName: NODE,
      containers: containers.map(({ container, size }) => ({ name: container, resources: size })),
    },
    status: {
      phase: "Running",
      conditions: [condition("Ready", "True")],
      containerStatuses: containers.map(({ container }) => ({
        ...{ name: container, image: "image", imageID: "id", ready: true, restartCount: 0 },
        state: { running: { startedAt: new Date() } },
      })),
    },
  };
}
