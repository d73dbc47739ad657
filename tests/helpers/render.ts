import type {
  KubernetesObject,
  V1ConfigMap,
  V1Container,
  V1Deployment,
  V1PersistentVolumeClaim,
  V1PodSpec,
  V1Role,
  V1RoleBinding,
  V1Secret,
  V1Service,
  V1ServiceAccount,
  V1StatefulSet,
} from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { parse, parseAllDocuments } from "yaml";
import { KUBERNETES } from "../../scripts/render/helm";
import { type HelmValues, NAMESPACE } from "../../values/shared";
import type { Component } from "../../versions";
import { chartFolder, type Ended, program, run } from "./tools";

/** A chart installed under a name with values. */
export interface Release {
  name: string;
  chart: Component;
  values: HelmValues;
}

/** A pod as its workload describes it. */
export interface Pod {
  /** The workload, e.g. `StatefulSet loki`. */
  owner: string;
  replicas: number;
  labels: Record<string, string>;
  spec: V1PodSpec;
  /** Names of the volumes that the workload claims for each pod. */
  claimed: string[];
}

type Kinds = {
  ConfigMap: V1ConfigMap;
  Deployment: V1Deployment;
  PersistentVolumeClaim: V1PersistentVolumeClaim;
  Role: V1Role;
  RoleBinding: V1RoleBinding;
  Secret: V1Secret;
  Service: V1Service;
  ServiceAccount: V1ServiceAccount;
  StatefulSet: V1StatefulSet;
};

export const helm = program("helm");

/** As `helm install` would, without a cluster; of an older helm, too, Kubernetes as new as Mimir's chart wants it. */
export function template({ name, chart, values }: Release): Ended {
  const args = [
    "template",
    name,
    chartFolder(chart).path!,
    "-n",
    NAMESPACE,
    "--kube-version",
    KUBERNETES,
    "--include-crds",
    "-f",
    "-",
  ];
  return run(helm, args, { input: JSON.stringify(values) });
}

const rendered = new Map<string, Render>();

/** @throws with helm's own words where it refuses */
export function render(release: Release): Render {
  const key = JSON.stringify(release);
  const known = rendered.get(key);
  if (known) return known;
  const { code, stdout, stderr } = template(release);
  if (code !== 0) throw new Error(`helm template ${release.name}: ${stderr}`);
  const fresh = new Render(stdout);
  rendered.set(key, fresh);
  return fresh;
}

/** What a chart makes of its values. */
export class Render {
  readonly objects: KubernetesObject[];

  constructor(readonly text: string) {
    this.objects = parseAllDocuments(text)
      .map((document) => document.toJS() as KubernetesObject | null)
      .filter((object) => object !== null);
  }

  /** Everything but what `helm test` would add. */
  get installed(): KubernetesObject[] {
    return this.objects.filter((object) => object.metadata?.annotations?.["helm.sh/hook"] !== "test");
  }

  ofKind<K extends keyof Kinds>(kind: K): Kinds[K][] {
    return this.objects.filter((object) => object.kind === kind) as Kinds[K][];
  }

  one<K extends keyof Kinds>(kind: K, name: string): Kinds[K] {
    const found = this.ofKind(kind).find((object) => object.metadata?.name === name);
    if (!found) throw new Error(`no ${kind} ${name} in the render`);
    return found;
  }

  /** A key of a ConfigMap, read as YAML. */
  config(name: string, key: string): unknown {
    return parse(this.one("ConfigMap", name).data?.[key] ?? "");
  }

  get pods(): Pod[] {
    return [...this.ofKind("Deployment"), ...this.ofKind("StatefulSet")].map(({ kind, metadata, spec }) => ({
      owner: `${kind} ${metadata?.name}`,
      replicas: spec!.replicas ?? 1,
      labels: spec!.template.metadata?.labels ?? {},
      spec: spec!.template.spec!,
      claimed: "volumeClaimTemplates" in spec! ? (spec.volumeClaimTemplates ?? []).map(nameOf) : [],
    }));
  }

  /** The pod of the only workload, or of the one with this name. */
  pod(name?: string): Pod {
    const found = this.pods.filter(({ owner }) => name === undefined || owner.endsWith(` ${name}`));
    if (found.length !== 1) throw new Error(`${found.length} workloads ${name ?? "in all"}`);
    return found[0]!;
  }
}

export function containersOf({ spec }: Pod): V1Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

/** A pod's container by its name. */
export function container(pod: Pod, name: string): V1Container {
  const found = containersOf(pod).find((one) => one.name === name);
  if (!found) throw new Error(`no container ${name} in ${pod.owner}`);
  return found;
}

/** What a service's port leads to: a workload and a port that one of its containers declares, e.g. `Deployment alloy:4317`. */
export function behind(service: V1Service, port: number, pods: Pod[]): string[] {
  const { selector = {}, ports = [] } = service.spec!;
  const target = ports.find((one) => one.port === port)?.targetPort;
  return pods
    .filter(({ labels }) => Object.entries(selector).every(([key, value]) => labels[key] === value))
    .flatMap((pod) =>
      containersOf(pod)
        .flatMap((one) => one.ports ?? [])
        .filter(({ name, containerPort }) => target === name || target === containerPort)
        .map(({ containerPort }) => `${pod.owner}:${containerPort}`),
    );
}

/** Where a container finds the volume of a name; undefined: it does not mount it. */
export function mountPath({ volumeMounts = [] }: V1Container, volume: string): string | undefined {
  return volumeMounts.find(({ name }) => name === volume)?.mountPath;
}

function nameOf({ metadata }: KubernetesObject): string {
  return metadata!.name!;
}
