import { CONTAINERS } from "../../values/containers";
import { Fault } from "../lib/fault";
import { answerOf, type Api, type ApiRequest, mergePatch } from "../lib/plain-api";
import type { Ask } from "./finders";

/** A part of the stack that one pod runs. */
export const PARTS = {
  tempo: { title: "Tempo", instance: "tempo", container: "tempo", port: 3200, claim: "storage-tempo-0" },
  loki: { title: "Loki", instance: "loki", container: "loki", port: 3100, claim: "storage-loki-0" },
  "mimir-ingester": {
    title: "Mimir's ingester",
    instance: "mimir",
    component: "ingester",
    container: "ingester",
    port: 8080,
    claim: "storage-mimir-ingester-0",
  },
  "mimir-distributor": {
    title: "Mimir's distributor",
    instance: "mimir",
    component: "distributor",
    container: "distributor",
    port: 8080,
  },
  alloy: { title: "Alloy", instance: "alloy", container: "alloy", port: 12345, claim: "alloy-data" },
} satisfies Record<string, PartPlace>;
export type Part = keyof typeof PARTS;

interface PartPlace {
  /** What a person calls it. */
  title: string;
  /** Its Helm release. */
  instance: string;
  component?: string;
  container: string;
  /** Of its metrics page. */
  port: number;
  /** The claim it writes to. */
  claim?: string;
}

/** The containers that start anew with a part's pod: a part has its workload's name. */
export function containersOf(part: Part): string[] {
  return CONTAINERS.filter(({ workload }) => workload === part).map(({ container }) => container);
}

/** As much of a pod as we look at. */
export interface Pod {
  metadata: { name: string; uid: string; deletionTimestamp?: string };
  status: {
    conditions?: { type: string; status: string }[];
    containerStatuses?: { name: string; containerID?: string; restartCount: number }[];
  };
}

/** As much of an object that was applied as applying it again takes. */
interface Applied {
  apiVersion: string;
  kind: string;
  metadata: {
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    managedFields: { manager: string; operation: string }[];
  };
}

/** The stack's namespace, by the cluster's API. */
export class Kube {
  constructor(
    private readonly api: Api,
    private readonly namespace: string,
  ) {}

  /** Asks a service, as `name:port`, through the API's proxy. */
  readonly ask: Ask = (service, path, headers) =>
    this.api(this.within(`services/${service}/proxy${path}`), { headers });

  /** The metrics page of a pod. @throws Error when it has none to show */
  async page(part: Part, pod: string): Promise<string> {
    return (await this.get(this.within(`pods/${pod}:${PARTS[part].port}/proxy/metrics`))).toString();
  }

  /** Asks a part's program to do something, by its own API. */
  async tell(part: Part, path: string): Promise<void> {
    const { metadata } = await this.pod(part);
    const page = this.within(`pods/${metadata.name}:${PARTS[part].port}/proxy${path}`);
    await this.get(page, { method: "POST" });
  }

  /** What a part's program, and the one before it in the same pod, has written since a time. */
  async log(part: Part, since: Date): Promise<string> {
    const { metadata, status } = await this.pod(part);
    const { container } = PARTS[part];
    const restarts = status.containerStatuses?.find(({ name }) => name === container)?.restartCount ?? 0;
    const read = async (previous: boolean) => {
      const query = new URLSearchParams({
        container,
        previous: String(previous),
        sinceTime: since.toISOString(),
      });
      return (await this.get(this.within(`pods/${metadata.name}/log?${query.toString()}`))).toString();
    };
    return `${restarts > 0 ? await read(true).catch(() => "") : ""}\n${await read(false)}`;
  }

  /** Memory and restarts of containers, as the kubelet of the only node tells them. */
  async containers(): Promise<string> {
    return (await this.get(`/api/v1/nodes/${await this.node()}/proxy/metrics/resource`)).toString();
  }

  /** The pods of a part; more than one while one takes the place of another. */
  async pods(part: Part): Promise<Pod[]> {
    const { instance, component } = PARTS[part] as PartPlace;
    const labels = [
      `app.kubernetes.io/instance=${instance}`,
      ...(component ? [`app.kubernetes.io/component=${component}`] : []),
    ];
    const selector = encodeURIComponent(labels.join(","));
    const { items } = JSON.parse(
      (await this.get(this.within(`pods?labelSelector=${selector}`))).toString(),
    ) as { items: Pod[] };
    return items;
  }

  /** The pod of a part that is not on its way out. @throws Error while there is none */
  async pod(part: Part): Promise<Pod> {
    const pod = (await this.pods(part)).find(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (!pod) throw new Error(`${part} has no pod`);
    return pod;
  }

  /** What keeps a part from being there: one pod, ready; undefined: nothing. */
  async notReady(part: Part): Promise<string | undefined> {
    const pods = await this.pods(part);
    if (pods.length !== 1) return `${part} has ${pods.length} pods`;
    const { metadata, status } = pods[0]!;
    const ready = status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True");
    return ready && metadata.deletionTimestamp === undefined ? undefined : `${metadata.name} is not ready`;
  }

  /** Ends a part's pod as Kubernetes does: SIGTERM, and its own time to end. */
  async deletePod(part: Part): Promise<void> {
    const { metadata } = await this.pod(part);
    await this.get(this.within(`pods/${metadata.name}`), { method: "DELETE" });
  }

  /** Has Alloy's Deployment make its pod anew. */
  async rollOut(deployment: string): Promise<void> {
    const annotations = { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() };
    const path = `/apis/apps/v1/namespaces/${this.namespace}/deployments/${deployment}`;
    await this.patch(path, { spec: { template: { metadata: { annotations } } } });
  }

  async configMap(name: string): Promise<Record<string, string>> {
    const body = await this.get(this.within(`configmaps/${name}`));
    return (JSON.parse(body.toString()) as { data: Record<string, string> }).data;
  }

  /** Changes data as its owner would, who else would find another's hand on it, and refuse to change it any more. */
  async setConfigMap(name: string, data: Record<string, string>): Promise<void> {
    const path = this.within(`configmaps/${name}`);
    const { apiVersion, kind, metadata } = JSON.parse((await this.get(path)).toString()) as Applied;
    const owner = metadata.managedFields.find(({ operation }) => operation === "Apply")?.manager;
    if (owner === undefined) throw new Fault(`ConfigMap ${name} was not made by \`npm run up\`.`);
    const { labels, annotations } = metadata;
    const body = JSON.stringify({ apiVersion, kind, metadata: { name, labels, annotations }, data });
    const headers = { "content-type": "application/apply-patch+yaml" };
    const query = new URLSearchParams({ fieldManager: owner, force: "true" });
    await this.get(`${path}?${query.toString()}`, { method: "PATCH", headers, body });
  }

  /** Whether pods may be placed on the only node: while they may not, one that is deleted stays away. */
  async letPodsStart(may: boolean): Promise<void> {
    await this.patch(`/api/v1/nodes/${await this.node()}`, { spec: { unschedulable: !may } });
  }

  /** The volume behind a claim. */
  async volumeOf(claim: string): Promise<string> {
    const body = await this.get(this.within(`persistentvolumeclaims/${claim}`));
    const { spec } = JSON.parse(body.toString()) as { spec: { volumeName: string } };
    const volume = await this.get(`/api/v1/persistentvolumes/${spec.volumeName}`);
    const { hostPath, local } = (
      JSON.parse(volume.toString()) as {
        spec: { hostPath?: { path: string }; local?: { path: string } };
      }
    ).spec;
    const path = hostPath?.path ?? local?.path;
    if (path === undefined) throw new Fault(`The volume of ${claim} is no folder of the node.`);
    return path;
  }

  private async node(): Promise<string> {
    const { items } = JSON.parse((await this.get("/api/v1/nodes")).toString()) as {
      items: { metadata: { name: string } }[];
    };
    return items[0]!.metadata.name;
  }

  private within(path: string): string {
    return `/api/v1/namespaces/${this.namespace}/${path}`;
  }

  private patch(path: string, body: object): Promise<Buffer> {
    return this.get(path, mergePatch(body));
  }

  private get(path: string, how?: ApiRequest): Promise<Buffer> {
    return answerOf(this.api, path, how);
  }
}
