import { ofType, record } from "../../scripts/lib/record";
import { configText, object, releases } from "../../scripts/lib/recorded";
import { COMPONENTS } from "../../versions";
import { differing, dual, existing, localOnly, released, standIn } from "../helpers/stacks";

describe("with an endpoint of Sumo", () => {
  it("writes there, and makes no stand-in and no warning", async () => {
    const recording = await dual();
    expect(recording.outputs.sumoDestination).toBe("sumo");
    expect(released(recording)).toEqual(["alloy", "grafana", "loki", "mimir", "tempo"]);
    expect(recording.warnings).toEqual([]);
  });
});

describe("without an endpoint", () => {
  it("writes to a stand-in, and says so, with what to do about it", async () => {
    const recording = await standIn();
    expect(recording.outputs.sumoDestination).toBe("stand-in");
    expect(released(recording)).toContain("sumo-stand-in");
    expect(recording.warnings).toEqual([
      expect.stringMatching(/sumoEndpoint.*--secret sumoEndpoint.*sumoEnabled false/),
    ]);
  });

  it("does not wait for the stand-in, but for all else", async () => {
    const waits = Object.values(releases(await standIn())).filter((release) => !("skipAwait" in release));
    expect(waits.map(({ name }) => name).sort()).toEqual(["alloy", "grafana", "loki", "mimir", "tempo"]);
  });
});

describe("with sumoEnabled false", () => {
  it.each([
    ["without an endpoint", localOnly],
    ["with an endpoint", () => dual({ sumoEnabled: "false" })],
  ])("%s leaves no trace of the second path in Alloy's configuration", async (_, run) => {
    const recording = await run();
    expect(configText(recording, "alloy-config", "config.alloy")).not.toMatch(/sumo/i);
    expect(released(recording)).not.toContain("sumo-stand-in");
    expect(recording.outputs.sumoDestination).toBe("off");
    expect(recording.warnings).toEqual([]);
  });

  it("keeps the Secret that the pod mounts", async () => {
    expect(object(await localOnly(), "Secret", "sumo-credentials")).toBeDefined();
  });
});

describe("switching the second write", () => {
  it("off and on changes one text and nothing else, so that the pod stays", async () => {
    expect(differing(await dual(), await dual({ sumoEnabled: "false" }))).toEqual(["alloy-config"]);
  });

  it("from the stand-in to Sumo changes the Secret, and takes the stand-in away", async () => {
    expect(differing(await standIn(), await dual())).toEqual([
      "alloy-sumo-credentials",
      "sumo-stand-in",
      "sumo-stand-in-release",
    ]);
  });

  it("does not touch Alloy's release, its volume or its service", async () => {
    const runs = [await dual(), await standIn(), await localOnly()];
    for (const name of ["alloy-release", "alloy-data", "alloy-otlp"]) {
      const [one, ...others] = runs.map(({ resources }) => resources.find((r) => r.name === name));
      expect(one).toBeDefined();
      for (const other of others) expect(other).toEqual(one);
    }
  });
});

describe("on an existing cluster", () => {
  it("makes no cluster and draws no id for one", async () => {
    const made = (await existing()).resources.map((r) => `${r.type} ${r.name}`);
    expect(made.filter((one) => /^command:|RandomId .*owner/.test(one))).toEqual([]);
  });

  it("opens no node port", async () => {
    expect(JSON.stringify((await existing()).resources)).not.toMatch(/nodePort/i);
  });

  it("is reached by the context of the user's own kubeconfig", async () => {
    const recording = await existing();
    const [provider] = ofType(recording, "pulumi:providers:kubernetes");
    expect(provider!.inputs).toMatchObject({ context: "mine" });
    expect(provider!.inputs).not.toHaveProperty("kubeconfig");
    expect(recording.outputs).not.toHaveProperty("kubeconfig");
  });

  it("leaves with its namespace, which is itself taken away, as is what stands beside it", async () => {
    const { resources } = await existing();
    const inCluster = resources.filter((r) => r.type.startsWith("kubernetes:"));
    const namespace = inCluster.find((r) => r.type.endsWith(":Namespace"))!;
    const singly = inCluster.filter((r) => r === namespace || r.type.includes(":ClusterRole"));
    expect(singly.map((r) => r.deletedWith)).toEqual([undefined, undefined, undefined]);
    expect(new Set(inCluster.filter((r) => !singly.includes(r)).map((r) => r.deletedWith))).toEqual(
      new Set([namespace.name]),
    );
  });

  it("has outputs with the commands that bring its addresses to the laptop", async () => {
    const { outputs } = await existing();
    const commands = outputs.portForward as string[];
    expect(commands).toEqual([
      expect.stringMatching(/^kubectl --context mine -n watchtower port-forward service\/grafana 3000:80$/),
      expect.stringMatching(/^kubectl --context mine -n watchtower port-forward service\/alloy 4317 4318$/),
    ]);
    expect(outputs).toMatchObject({
      grafanaUrl: "http://localhost:3000",
      otlpGrpcEndpoint: "localhost:4317",
      otlpHttpEndpoint: "http://localhost:4318",
    });
  });

  it("forwards only what is there", async () => {
    const { outputs } = await existing({ components: '["alloy","tempo"]' });
    expect(outputs.portForward).toEqual([expect.stringContaining("service/alloy")]);
  });

  it("takes the ports that the CLI fills in as not set", async () => {
    const asFilledIn = { grafanaPort: "3000", otlpGrpcPort: "4317", otlpHttpPort: "4318" };
    expect(differing(await existing(), await existing(asFilledIn))).toEqual([]);
  });
});

describe("the same settings", () => {
  it.each([
    ["dual", dual],
    ["stand-in", standIn],
    ["existing cluster", existing],
  ])("give the same stack (%s)", async (_, run) => {
    expect(await run()).toEqual(await run());
  });

  it("give the same stack when the CLI fills in what Pulumi.yaml declares", async () => {
    const filledIn = {
      sumoEnabled: "true",
      components: JSON.stringify(COMPONENTS),
      grafanaPort: "3000",
      otlpGrpcPort: "4317",
      otlpHttpPort: "4318",
      retention: '{"logs":"72h","metrics":"72h","traces":"24h"}',
    };
    expect(await record(filledIn)).toEqual(await standIn());
  });
});
