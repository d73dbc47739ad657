import { ofType, record, type Recorded, type Recording } from "../../scripts/lib/record";
import { nameOf, object, releases } from "../../scripts/lib/recorded";
import { ALLOY } from "../../values/alloy";

let recording: Recording;
beforeAll(async () => {
  recording = await record();
});

const inCluster = () => recording.resources.filter((r) => r.type.startsWith("kubernetes:"));
const provider = () => ofType(recording, "pulumi:providers:kubernetes")[0]!;
const kindCommand = () => ofType(recording, "command:local:Command")[0]!;

describe("everything in the cluster", () => {
  it("goes with the provider, which goes with the cluster: nothing is deleted singly of one that is gone", () => {
    const singly = inCluster().filter((r) => r.deletedWith !== provider().name);
    expect(singly.map((r) => r.name)).toEqual([]);
    expect(provider().dependsOn).toContain(kindCommand().name);
  });

  it("is made by our own provider, not by whatever the user's kubeconfig points at", () => {
    const astray = inCluster().filter((r) => r.provider !== provider().name);
    expect(astray.map((r) => r.name)).toEqual([]);
  });

  it("belongs to a component", () => {
    const loose = recording.resources.filter((r) => r.parent === "" && !r.type.startsWith("watchtower:"));
    expect(loose.map((r) => r.name)).toEqual([]);
  });

  it("is in our namespace, and is made after it, but for what Alloy may read of the nodes", () => {
    const [namespace] = ofType(recording, "kubernetes:core/v1:Namespace");
    const outside = inCluster().filter((r) => r.type.includes(":ClusterRole"));
    expect(outside.map(nameOf)).toEqual(["watchtower-alloy", "watchtower-alloy"]);
    for (const resource of inCluster().filter((r) => r !== namespace && !outside.includes(r))) {
      const { metadata, namespace: ofRelease } = resource.inputs as { metadata?: object; namespace?: string };
      const found = (metadata as { namespace?: string } | undefined)?.namespace ?? ofRelease;
      expect([resource.name, found]).toEqual([resource.name, nameOf(namespace!)]);
      expect(resource.dependsOn).toContain(namespace!.name);
    }
  });

  it("has a name of its own choosing: Pulumi would add a suffix, and addresses and mounts rest on it", () => {
    const unnamed = inCluster().filter(({ inputs }) => {
      const { metadata, name } = inputs as { metadata?: { name?: string }; name?: string };
      return (metadata?.name ?? name) === undefined;
    });
    expect(unnamed.map((r) => r.name)).toEqual([]);
    for (const [name, { values }] of Object.entries(releases(recording)))
      expect(values.fullnameOverride).toBe(name);
  });

  it("is asked for once", () => {
    const urns = recording.resources.map((r) => r.urn);
    expect(urns.filter((urn, i) => urns.indexOf(urn) !== i)).toEqual([]);
    const names = inCluster().map((r) => `${r.type} ${nameOf(r)}`);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});

describe("the releases", () => {
  const waitsFor = (name: string) =>
    ofType(recording, "kubernetes:helm.sh/v3:Release").find((r) => nameOf(r) === name)!.dependsOn;

  it("install side by side: none waits for another", () => {
    const named = ofType(recording, "kubernetes:helm.sh/v3:Release");
    const waits = named.filter((r) => r.dependsOn.some((other) => named.some(({ name }) => name === other)));
    expect(waits.map((r) => r.name)).toEqual([]);
  });

  it("have the time that a first pull takes, which is more than the provider's 300 s", () => {
    for (const release of ofType(recording, "kubernetes:helm.sh/v3:Release"))
      expect(release.inputs.timeout).toBeGreaterThan(300);
  });

  it("of Alloy finds what its pod mounts: Secret, claim and configuration, each there before it", () => {
    const { controller, alloy } = releases(recording).alloy!.values as unknown as AlloyValues;
    const mounted = controller.volumes.extra.map((volume) =>
      volume.secret
        ? object(recording, "Secret", volume.secret.secretName)
        : object(recording, "PersistentVolumeClaim", volume.persistentVolumeClaim!.claimName),
    );
    const config = object(recording, "ConfigMap", alloy.configMap.name);
    for (const needed of [...mounted, config]) expect(waitsFor("alloy")).toContain(needed?.name);
    expect(mounted).toHaveLength(alloy.mounts.extra.length);
    expect(config!.inputs.data).toHaveProperty([alloy.configMap.key], expect.stringContaining("otelcol"));
  });

  it("of Grafana finds its admin and its dashboards, each there before it", () => {
    const { admin, dashboardsConfigMaps } = releases(recording).grafana!.values as unknown as GrafanaValues;
    const secret = object(recording, "Secret", admin.existingSecret)!;
    expect(waitsFor("grafana")).toContain(secret.name);
    expect(Object.keys((secret.inputs.stringData as { secret: object }).secret).sort()).toEqual(
      [admin.userKey, admin.passwordKey].sort(),
    );
    for (const name of Object.values(dashboardsConfigMaps))
      expect(waitsFor("grafana")).toContain(object(recording, "ConfigMap", name)?.name);
  });
});

type AlloyValues = {
  controller: {
    volumes: {
      extra: { secret?: { secretName: string }; persistentVolumeClaim?: { claimName: string } }[];
    };
  };
  alloy: { configMap: { name: string; key: string }; mounts: { extra: unknown[] } };
};
type GrafanaValues = {
  admin: { existingSecret: string; userKey: string; passwordKey: string };
  dashboardsConfigMaps: Record<string, string>;
};

describe("Alloy's node ports", () => {
  it("are OTLP's, and never that of its own page, which shows the endpoint", () => {
    const { spec } = object(recording, "Service", "alloy-otlp")!.inputs as {
      spec: { type: string; ports: { targetPort: number }[] };
    };
    expect(spec.type).toBe("NodePort");
    expect(spec.ports.map(({ targetPort }) => targetPort)).toEqual([ALLOY.otlp.grpc, ALLOY.otlp.http]);
    expect(JSON.stringify(releases(recording).alloy)).not.toMatch(/nodePort/i);
  });
});

describe("the provider", () => {
  it("changes a ConfigMap or Secret in place, rather than delete it first", () => {
    expect(provider().inputs).toMatchObject({
      enableConfigMapMutable: "true",
      enableSecretMutable: "true",
    });
  });

  const identifierOf = async (config: Record<string, string>) => {
    const [provider] = ofType(await record(config), "pulumi:providers:kubernetes");
    return provider!.inputs.clusterIdentifier as string;
  };
  const triggersOf = async (config: Record<string, string>) =>
    JSON.stringify(ofType(await record(config), "command:local:Command")[0]!.inputs.triggers);

  it.each([
    [{ grafanaPort: "8080" }],
    [{ otlpGrpcPort: "14317" }],
    [{ otlpHttpPort: "14318" }],
    [{ nodeImage: "kindest/node:v1.35.0" }],
  ])("sees another cluster with %j, which makes it anew", async (config) => {
    const before = await identifierOf({});
    expect(before).toMatch(/\w/);
    expect(await identifierOf(config)).not.toBe(before);
    expect(await triggersOf(config)).not.toBe(await triggersOf({}));
  });

  it.each([
    [{ sumoEnabled: "false" }],
    [{ components: '["grafana"]' }],
    [{ retention: '{"logs":"48h"}' }],
    [{ imageRegistry: "registry.example.com" }],
    [{ charts: '{"tempo":{"version":"2.0.0"}}' }],
    [{ grafanaPort: "3000", nodeImage: "" }],
  ])("sees the same cluster with %j, which leaves it as it is", async (config) => {
    expect(await identifierOf(config)).toBe(await identifierOf({}));
    expect(await triggersOf(config)).toBe(await triggersOf({}));
  });

  it("tells two existing clusters apart", async () => {
    expect(await identifierOf({ kubeContext: "one" })).not.toBe(await identifierOf({ kubeContext: "two" }));
  });
});

describe("the cluster", () => {
  const environment = ({ inputs }: Recorded) => inputs.environment as Record<string, string>;

  it("is deleted before one in its place is made: both want the same ports", () => {
    expect(kindCommand().deleteBeforeReplace).toBe(true);
  });

  it("is made by a command that may run again, since each changed input runs it", () => {
    const { create, update } = kindCommand().inputs;
    expect(update).toBe(create);
  });

  it("has the node image that is asked for, and kind's own when none is", async () => {
    const [asked] = ofType(await record({ nodeImage: "kindest/node:v1.35.0" }), "command:local:Command");
    expect(environment(asked!).NODE_IMAGE).toBe("kindest/node:v1.35.0");
    expect(environment(kindCommand()).NODE_IMAGE).toBe("");
  });

  it("maps each host port to a node port that a service takes", () => {
    const mapped = environment(kindCommand()).KIND_CONFIG!.match(/containerPort: (\d+)/g)!;
    const taken = JSON.stringify(inCluster()).match(/"nodePort":\d+/g)!;
    const numbers = (found: string[]) => found.map((text) => Number(/\d+/.exec(text)![0])).sort();
    expect(numbers(mapped)).toEqual(numbers(taken));
    expect(mapped).toHaveLength(3);
  });

  it("carries the id that the stack drew, to know it again", () => {
    const [owner] = ofType(recording, "random:index/randomId:RandomId");
    expect(kindCommand().dependsOn).toContain(owner!.name);
    expect(environment(kindCommand()).OWNER).toMatch(/^[0-9a-f]{16}$/);
  });
});
