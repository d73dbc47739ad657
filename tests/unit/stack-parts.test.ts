import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { alerts } from "../../alerts";
import { ofType, record } from "../../scripts/lib/record";
import { releases } from "../../scripts/lib/recorded";
import { type Component, COMPONENTS } from "../../versions";
import { differing, ENDPOINT, named, only, released, standIn } from "../helpers/stacks";

describe("components", () => {
  it.each([...COMPONENTS].map((component): [Component] => [component]))(
    "may be %s alone",
    async (component) => {
      const recording = await only(component);
      const second = component === "alloy" ? ["sumo-stand-in"] : [];
      expect(released(recording)).toEqual([component, ...second].sort());
      expect(recording.outputs.components).toEqual([component]);
    },
  );

  it("without Alloy have no second write, no credentials, no node port for OTLP and no address of it", async () => {
    const recording = await record({ ...ENDPOINT, components: '["grafana","tempo","loki","mimir"]' }, [
      "sumoEndpoint",
    ]);
    expect(recording.outputs.sumoDestination).toBe("off");
    expect(named(recording).filter((name) => /sumo|alloy|otlp/i.test(name))).toEqual([]);
    expect(Object.keys(recording.outputs).filter((key) => /otlp/i.test(key))).toEqual([]);
  });

  it("without Grafana have of it no more than the password, which its database on the volume still has", async () => {
    const recording = await only("tempo", "loki", "mimir", "alloy");
    const left = named(recording).filter((name) => /grafana|dashboards/i.test(name));
    expect(left).toContain("RandomPassword grafana-password");
    expect(left.filter((name) => !/ grafana-password/.test(name))).toEqual([]);
    expect(Object.keys(recording.outputs).filter((key) => /grafana/i.test(key))).toEqual([]);
  });

  it("without Mimir have a Tempo that makes no metrics", async () => {
    const { tempo } = releases(await only("tempo", "grafana"));
    expect(tempo!.values).toMatchObject({ tempo: { metricsGenerator: { enabled: false } } });
    expect(JSON.stringify(tempo)).not.toMatch(/remote_?write|mimir/i);
  });

  it("have the alert rules that there are figures for, in Grafana's own values", async () => {
    const alerting = async (...components: Component[]) =>
      releases(await only(...components)).grafana!.values.alerting;
    const rules = JSON.parse(JSON.stringify(alerts(new Set(COMPONENTS)))) as unknown;
    expect(await alerting(...COMPONENTS)).toEqual({ "rules.yaml": rules });
    expect(await alerting("grafana", "tempo")).toEqual({});
  });

  const missing = COMPONENTS.map((out) => COMPONENTS.filter((component) => component !== out));
  const alone = COMPONENTS.map((component) => [component]);
  it.each([...missing, ...alone].map((components) => [components.join("+")]))(
    "%s name no address of one that is out, in anything that is made",
    async (components) => {
      const recording = await only(...components.split("+"));
      const hosts = [
        ...JSON.stringify(recording.resources).matchAll(/https?:\/\/([a-z-]+)\.watchtower\.svc/g),
      ];
      const isThere = (host = "") =>
        released(recording).some((name) => host === name || host.startsWith(`${name}-`));
      expect(hosts.filter(([, host]) => !isThere(host)).map(([address]) => address)).toEqual([]);
    },
  );

  it("give the same stack in whatever order they are typed", async () => {
    expect(differing(await only("grafana", "alloy", "loki"), await only("loki", "grafana", "alloy"))).toEqual(
      [],
    );
  });
});

describe("charts", () => {
  const chartOf = async (overrides: object) => {
    const recording = await record({ charts: JSON.stringify({ tempo: overrides }) });
    const { chart, version, repositoryOpts } = releases(recording).tempo!;
    return { chart, version, repositoryOpts };
  };

  it("are pinned to one exact version of one repository each, that the user's own Helm has no say in", async () => {
    for (const { chart, version, repositoryOpts } of Object.values(releases(await standIn()))) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(repositoryOpts?.repo).toMatch(/^https:\/\//);
      expect(chart).not.toContain("/");
    }
  });

  it("may come in another version", async () => {
    const pinned = await chartOf({});
    expect(await chartOf({ version: "2.0.0-rc.1" })).toEqual({ ...pinned, version: "2.0.0-rc.1" });
  });

  it("may come from a mirror", async () => {
    const pinned = await chartOf({});
    const repo = "https://charts.example.com/grafana";
    expect(await chartOf({ repo })).toEqual({ ...pinned, repositoryOpts: { repo } });
  });

  it("may come from an OCI registry, which has no index to look names up in", async () => {
    const { version } = await chartOf({});
    expect(await chartOf({ repo: "oci://registry.example.com/charts" })).toEqual({
      chart: "oci://registry.example.com/charts/tempo",
      version,
      repositoryOpts: undefined,
    });
  });

  it("may come from a folder, which has its own version", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "chart-"));
    fs.writeFileSync(path.join(folder, "Chart.yaml"), "name: tempo\nversion: 9.9.9\n");
    const origin = await chartOf({ path: folder });
    fs.rmSync(folder, { recursive: true });
    expect(origin).toEqual({ chart: folder, version: undefined, repositoryOpts: undefined });
  });

  it("stay as they are where nothing is said of them", async () => {
    const moved = await record({ charts: '{"tempo":{"version":"2.0.0"}}' });
    expect(differing(await standIn(), moved)).toEqual(["tempo-release"]);
  });

  it("of Alloy are the stand-in's, too", async () => {
    const { alloy, ...rest } = releases(await record({ charts: '{"alloy":{"version":"1.0.0"}}' }));
    expect([alloy!.version, rest["sumo-stand-in"]!.version]).toEqual(["1.0.0", "1.0.0"]);
  });
});

describe("imageRegistry", () => {
  const registry = "registry.example.com:5000/mirror";

  it("reaches the images of every chart", async () => {
    const values = Object.values(releases(await record({ imageRegistry: registry })));
    expect(values).toHaveLength(6);
    for (const { name, values: given } of values) {
      const global = given.global as { imageRegistry?: string; image?: { registry?: string } } | undefined;
      const image = given.image as { repository?: string } | undefined;
      const found = global?.imageRegistry ?? global?.image?.registry ?? image?.repository;
      expect([name, found]).toEqual([name, name === "mimir" ? `${registry}/grafana/mimir` : registry]);
    }
  });

  it("changes the releases alone", async () => {
    expect(differing(await standIn(), await record({ imageRegistry: registry }))).toEqual(
      ["alloy", "grafana", "loki", "mimir", "sumo-stand-in", "tempo"].map((name) => `${name}-release`),
    );
  });
});

describe("retention", () => {
  it("reaches its backend in hours, given in days or hours, and leaves the others alone", async () => {
    const recording = await record({ retention: '{"traces":"48h","logs":"3d"}' });
    const { tempo, loki, mimir } = releases(recording);
    expect(tempo!.values).toMatchObject({ tempo: { retention: "48h" } });
    expect(loki!.values).toMatchObject({ loki: { limits_config: { retention_period: "72h" } } });
    expect(mimir).toEqual(releases(await standIn()).mimir);
  });
});

describe("host ports", () => {
  const moved = { grafanaPort: "8080", otlpGrpcPort: "14317", otlpHttpPort: "14318" };

  it("reach the cluster, the outputs and Grafana's own links", async () => {
    const recording = await record(moved);
    const [kind] = ofType(recording, "command:local:Command");
    const { KIND_CONFIG } = kind!.inputs.environment as Record<string, string>;
    for (const port of Object.values(moved)) expect(KIND_CONFIG).toContain(`hostPort: ${port}\n`);
    expect(recording.outputs).toMatchObject({
      grafanaUrl: "http://localhost:8080",
      otlpGrpcEndpoint: "localhost:14317",
      otlpHttpEndpoint: "http://localhost:14318",
    });
    expect(releases(recording).grafana!.values).toMatchObject({
      "grafana.ini": { server: { root_url: "http://localhost:8080" } },
    });
  });

  it("are checked for takers before anything is made, under the names of their keys", async () => {
    const [kind] = ofType(await record(moved), "command:local:Command");
    const { HOST_PORTS } = kind!.inputs.environment as Record<string, string>;
    expect(HOST_PORTS!.split(" ")).toEqual(Object.entries(moved).map(([key, port]) => `${key}=${port}`));
  });

  it("are open to this machine alone", async () => {
    const [kind] = ofType(await standIn(), "command:local:Command");
    const { KIND_CONFIG } = kind!.inputs.environment as Record<string, string>;
    expect(KIND_CONFIG!.match(/listenAddress: .*/g)).toEqual(Array(3).fill("listenAddress: 127.0.0.1"));
  });
});
