import * as fs from "node:fs";
import * as path from "node:path";
import { record } from "../../scripts/lib/record";
import { run } from "../../scripts/plan/run";
import { tree } from "../../scripts/plan/tree";
import { ENDPOINT, folder, Memory, plan, planAsData, section } from "../helpers/plan-run";

describe("the plan", () => {
  it("of this project's own stack file can be made", async () => {
    const out = new Memory();
    expect(await run([], { out, err: out })).toBe(0);
    expect(out.text).toContain("the stack local");
  });

  it("shows each component with what belongs to it", async () => {
    const tree = section((await plan()).out, "Resources");
    const roots = tree.filter((line) => /^\w/.test(line)).map((line) => line.split(" ")[1]);
    expect(roots).toEqual([
      "watchtower",
      "tempo",
      "loki",
      "mimir",
      "grafana-password",
      "grafana",
      "alloy",
      "sumo-stand-in",
    ]);
    const alloy = tree.slice(tree.indexOf("Alloy alloy"), tree.indexOf("SumoStandIn sumo-stand-in"));
    expect(alloy).toEqual([
      "Alloy alloy",
      "├─ ChartRelease alloy",
      "│  └─ Release alloy",
      "├─ ClusterRole watchtower-alloy",
      "├─ ClusterRoleBinding watchtower-alloy",
      "├─ ConfigMap alloy-config",
      "├─ PersistentVolumeClaim alloy-data",
      "├─ Secret sumo-credentials",
      "└─ Service alloy-otlp",
    ]);
  });

  it("shows what belongs together in one order, whatever the resources were asked for in", async () => {
    const recording = await record();
    const roots = recording.resources.filter((r) => r.parent === "");
    const others = recording.resources.filter((r) => r.parent !== "").reverse();
    expect(tree({ ...recording, resources: [...roots, ...others] })).toEqual(tree(recording));
  });

  it("shows each release's chart, version and source", async () => {
    const chart = path.join(folder, "my-chart");
    fs.mkdirSync(chart);
    fs.writeFileSync(path.join(chart, "Chart.yaml"), "name: grafana\nversion: 9.9.9\n");
    const charts = {
      tempo: { version: "2.0.0" },
      loki: { repo: "https://charts.example.com" },
      mimir: { repo: "oci://registry.example.com/charts", version: "6.0.0" },
      grafana: { path: chart },
    };
    const { releases } = await planAsData("--config", `charts=${JSON.stringify(charts)}`);
    expect(releases.map(({ name, chart, version, source }) => [name, chart, version, source])).toEqual([
      ["tempo", "tempo", "2.0.0", expect.stringMatching(/^https:/)],
      ["loki", "loki", expect.stringMatching(/^\d/), "https://charts.example.com"],
      ["mimir", "mimir-distributed", "6.0.0", "oci://registry.example.com/charts"],
      ["grafana", "grafana", "9.9.9", chart],
      ["alloy", "alloy", expect.stringMatching(/^\d/), expect.stringMatching(/^https:/)],
      ["sumo-stand-in", "alloy", expect.stringMatching(/^\d/), expect.stringMatching(/^https:/)],
    ]);
  });

  it("shows what each host port leads to", async () => {
    const { out } = await plan("--config", "grafanaPort=8080");
    expect(section(out, "Addresses on this machine")).toEqual([
      "127.0.0.1:8080 -> service grafana, http",
      "127.0.0.1:4317 -> service alloy-otlp, otlp-grpc",
      "127.0.0.1:4318 -> service alloy-otlp, otlp-http",
    ]);
  });

  it("shows a host port that leads nowhere, since the component behind it is out", async () => {
    const { hostPorts } = await planAsData("--config", 'components=["alloy"]');
    expect(hostPorts.filter(({ leadsTo }) => leadsTo === undefined).map(({ port }) => port)).toEqual([3000]);
  });

  it("shows on an existing cluster the commands that take the place of host ports", async () => {
    const { out } = await plan("--config", "kubeContext=mine");
    expect(section(out, "Addresses on this machine")).toEqual([
      expect.stringMatching(/^kubectl --context mine .*grafana/),
      expect.stringMatching(/^kubectl --context mine .*alloy/),
    ]);
    expect(out).not.toContain("127.0.0.1");
  });

  it("sums the containers of what the stack runs, and of nothing else", async () => {
    const { out } = await plan("--config", 'components=["mimir","alloy"]', "--config", "sumoEnabled=false");
    const rows = section(out, "Requests and limits of the containers").map((line) => line.split(/ {2,}/));
    expect(rows.slice(1)).toEqual([
      ["mimir", "7", "400m", "1024Mi", "2000m", "2048Mi"],
      ["alloy", "2", "110m", "160Mi", "550m", "320Mi"],
      ["all", "9", "510m", "1184Mi", "2550m", "2368Mi"],
    ]);
  });

  it.each([
    ["Sumo", /^To Sumo Logic/, ["--secret", ENDPOINT]],
    ["the stand-in", /stand-in/, []],
    ["nowhere", /^Off/, ["--config", "sumoEnabled=false"]],
  ])("says that the second write goes to %s", async (_, sentence, argv) => {
    expect(section((await plan(...argv)).out, "Second write")).toEqual([expect.stringMatching(sentence)]);
  });

  it("ends with the whole of Alloy's configuration", async () => {
    const { alloyConfig } = await planAsData();
    expect((await plan()).out.trimEnd().endsWith(alloyConfig!.trimEnd())).toBe(true);
    expect(alloyConfig).toMatch(/otelcol\.receiver\.otlp.*otelcol\.exporter\.otlphttp "sumo_traces"/s);
  });

  it("says when there is no Alloy to configure", async () => {
    const { out } = await plan("--config", 'components=["grafana"]');
    expect(out).toMatch(/without Alloy\.\n$/);
    expect(out).toContain("Second write\nNone: this stack runs without Alloy.\n");
  });

  it("passes on what the program warns of", async () => {
    expect((await plan()).out).toMatch(/No sumoEndpoint is set/);
    expect((await plan("--secret", ENDPOINT)).out).not.toMatch(/No sumoEndpoint is set/);
  });

  it("is the same text each time", async () => {
    expect(await plan("--secret", ENDPOINT)).toEqual(await plan("--secret", ENDPOINT));
  });
});

describe("the options", () => {
  it("are explained on --help", async () => {
    const { code, out } = await plan("--help");
    expect(code).toBe(0);
    for (const option of ["--stack", "--config", "--secret", "--json"]) expect(out).toContain(option);
  });

  it.each([
    [["--bogus"], "--bogus"],
    [["stray"], "stray"],
    [["--config", "grafanaPort"], "--config takes key=value"],
    [["--secret", "=x"], "--secret takes key=value"],
    [["--stack", "../other"], "../other"],
  ])("that are wrong (%j) end with exit code 2 and a sentence that names them", async (argv, named) => {
    const { code, out, err } = await plan(...argv);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(named);
    expect(err).toContain("npm run plan -- --help");
  });
});
