import type { V1ObjectMeta, V1VolumeMount } from "@kubernetes/client-node" with {
  "resolution-mode": "import",
};
import { parse } from "yaml";
import { ofType, record, type Recorded, type Recording } from "../../scripts/lib/record";
import { releases } from "../../scripts/lib/recorded";
import { CHARTS, type Component, COMPONENTS } from "../../versions";
import { toRender } from "../helpers/releases";
import { behind, containersOf, type Pod, render, type Render } from "../helpers/render";
import { describeWith } from "../helpers/tools";

/** The whole stack as the cluster would see it: the charts' objects and the program's own. */
interface Everything {
  recording: Recording;
  renders: Record<string, Render>;
  pods: Pod[];
  /** Each object as `kind name`, each key of a ConfigMap or Secret as `kind name/key`. */
  present: Set<string>;
}

async function everything(config: Record<string, string>): Promise<Everything> {
  const recording = await record(config);
  const charts = new Map(Object.entries(CHARTS).map(([part, { chart }]) => [chart, part as Component]));
  const renders = Object.fromEntries(
    Object.values(releases(recording)).map(({ name, chart, values }) => [
      name,
      render({ name, chart: charts.get(chart)!, values: values as never }),
    ]),
  );
  const objects: SomeObject[] = [
    ...Object.values(renders).flatMap((made) => made.objects),
    ...recording.resources.map(asObject),
  ];
  return {
    recording,
    renders,
    pods: Object.values(renders).flatMap((made) => made.pods),
    present: new Set(
      objects.flatMap(({ kind, metadata, data, stringData }) => {
        const object = `${kind} ${metadata?.name}`;
        return [object, ...Object.keys(data ?? stringData ?? {}).map((key) => `${object}/${key}`)];
      }),
    ),
  };
}

type Data = Record<string, unknown>;
interface SomeObject {
  kind?: string;
  metadata?: { name?: string };
  data?: Data;
  stringData?: Data;
}

/** One of the program's own; a Secret's data is secret as a whole. */
function asObject({ inputs }: Recorded): SomeObject {
  const { stringData, ...rest } = inputs as SomeObject & { stringData?: { secret: Data } };
  return { ...rest, stringData: stringData?.secret };
}

/** What a pod must find, told as in `present`. */
function needs(pod: Pod): string[] {
  const containers = containersOf(pod);
  const volumes = (pod.spec.volumes ?? []).flatMap((volume) => {
    const { name, configMap, secret, persistentVolumeClaim: claim } = volume;
    if (claim) return [`PersistentVolumeClaim ${claim.claimName}`];
    if (!configMap && !secret) return [];
    const object = configMap ? `ConfigMap ${configMap.name}` : `Secret ${secret!.secretName}`;
    const files = containers
      .flatMap(({ volumeMounts = [] }) => volumeMounts)
      .filter((mount) => mount.name === name && mount.subPath !== undefined);
    const items = configMap?.items ?? secret?.items ?? [];
    const keys = [...items.map(({ key }) => key), ...files.map(({ subPath }) => subPath!)];
    return [object, ...keys.map((key) => `${object}/${key}`)];
  });
  const variables = containers
    .flatMap(({ env = [] }) => env.map(({ valueFrom }) => valueFrom?.secretKeyRef))
    .filter((ref) => ref !== undefined)
    .map(({ name, key }) => `Secret ${name}/${key}`);
  return [...volumes, ...variables];
}

/** Which of the mounts is the first at this one's path. */
function placeOf({ mountPath }: V1VolumeMount, mounts: V1VolumeMount[]): number {
  return mounts.findIndex((other) => other.mountPath === mountPath);
}

describeWith(toRender(...COMPONENTS), "the program and its charts", () => {
  let ours: Everything;
  let elsewhere: Everything;
  beforeAll(async () => {
    ours = await everything({});
    elsewhere = await everything({ kubeContext: "a-cluster" });
  });

  it.each(["our own cluster", "an existing one"])(
    "give every pod what it mounts and reads, on %s",
    (where) => {
      const { pods, present } = where === "our own cluster" ? ours : elsewhere;
      const needed = pods.flatMap(needs);
      expect(needed.filter((what) => !present.has(what))).toEqual([]);
      // What the program makes for the pods is in use, too.
      expect(needed).toEqual(
        expect.arrayContaining([
          "ConfigMap alloy-config",
          "Secret sumo-credentials",
          "PersistentVolumeClaim alloy-data",
          "ConfigMap watchtower-dashboards",
          "Secret grafana-admin/admin-password",
        ]),
      );
    },
  );

  it("take back what somebody has changed in the program's own ConfigMaps and Secrets", () => {
    const own = ["ConfigMap", "Secret"].flatMap((kind) =>
      ofType(ours.recording, `kubernetes:core/v1:${kind}`).map(
        ({ inputs }) => inputs.metadata as V1ObjectMeta,
      ),
    );
    expect(own).toHaveLength(4);
    for (const { annotations } of own) expect(annotations).toEqual({ "pulumi.com/patchForce": "true" });
  });

  it("mount only volumes that are there, and no two at one place", () => {
    const faults = ours.pods.flatMap((pod) => {
      const volumes = new Set([...pod.claimed, ...(pod.spec.volumes ?? []).map(({ name }) => name)]);
      return containersOf(pod).flatMap(({ name, volumeMounts = [] }) =>
        volumeMounts
          .filter((mount, i) => !volumes.has(mount.name) || placeOf(mount, volumeMounts) !== i)
          .map(({ mountPath }) => `${pod.owner}, ${name}: ${mountPath}`),
      );
    });
    expect(faults).toEqual([]);
  });

  it("bring each file that Alloy's text reads into its pod", () => {
    const text = ofType(ours.recording, "kubernetes:core/v1:ConfigMap")
      .map(({ inputs }) => (inputs.data as Record<string, string>)["config.alloy"])
      .find((one) => one !== undefined);
    const files = [...text!.matchAll(/filename\s+= "\/etc\/sumo\/(.*)"/g)].map(([, file]) => file!);
    expect(files).not.toEqual([]);
    for (const file of files) expect(ours.present).toContain(`Secret sumo-credentials/${file}`);
  });

  it("lead each port that kind maps to one pod: Grafana's, and Alloy's two", () => {
    const own = ofType(ours.recording, "kubernetes:core/v1:Service").map(({ inputs }) => inputs as never);
    const services = [...Object.values(ours.renders).flatMap((made) => made.ofKind("Service")), ...own];
    const [kind] = ofType(ours.recording, "command:local:Command");
    const { KIND_CONFIG } = kind!.inputs.environment as { KIND_CONFIG: string };
    const { nodes } = parse(KIND_CONFIG) as { nodes: { extraPortMappings: { containerPort: number }[] }[] };
    const reached = nodes[0]!.extraPortMappings.map(({ containerPort }) =>
      services.flatMap((service) =>
        service
          .spec!.ports!.filter(({ nodePort }) => nodePort === containerPort)
          .flatMap(({ port }) => behind(service, port, ours.pods)),
      ),
    );
    expect(reached).toEqual([
      ["Deployment grafana:3000"],
      ["Deployment alloy:24317"],
      ["Deployment alloy:24318"],
    ]);
  });

  it("open no port of a cluster that is not ours", () => {
    expect(ofType(elsewhere.recording, "kubernetes:core/v1:Service")).toEqual([]);
    for (const made of Object.values(elsewhere.renders))
      expect(made.text).not.toMatch(/nodePort|LoadBalancer/i);
  });
});
