import { type AlloyPod, notInEffect, untilInEffect, type Wanted } from "../../scripts/lib/in-effect";
import { alloyPage } from "../helpers/fake-alloy";

const ENDPOINT = "https://sumo.example/receiver/v1/otlp/token";
const PATIENCE = { withinMs: 200, everyMs: 1 };
const LOCAL = ["tempo", "loki"];
const DUAL: Wanted = { components: ["tempo", "loki", "grafana", "alloy"], sumoDestination: "sumo" };
const OFF: Wanted = { ...DUAL, sumoDestination: "off" };

/** An exporter's own page, as Alloy 1.18 writes it. */
function exporterPage(endpoint: string, headers: Record<string, string>): string {
  const pairs = Object.entries(headers).map(([key, value]) => ({ key, value: { type: "string", value } }));
  const body = [
    { name: "endpoint", type: "attr", value: { type: "string", value: endpoint } },
    { name: "compression_params", type: "block", body: [] },
    { name: "headers", type: "attr", value: { type: "object", value: pairs } },
  ];
  return JSON.stringify({ health: {}, arguments: [{ name: "client", type: "block", body }] });
}

describe("Alloy", () => {
  let runs: string[];
  let formerly: string | undefined;
  let sends: { endpoint: string; headers: Record<string, string> };
  let credentials: Record<string, string>;
  let hurried: number;
  let onHurry: () => void;
  const pod: AlloyPod = {
    page: (path) => {
      if (path === "metrics") return Promise.resolve(alloyPage(runs.map((name) => ({ name }))));
      const { endpoint, headers } = sends;
      return Promise.resolve(exporterPage(path.endsWith(formerly ?? "none") ? "former" : endpoint, headers));
    },
    credentials: () => Promise.resolve(credentials),
    hurry: () => {
      hurried++;
      onHurry();
      return Promise.resolve();
    },
  };
  beforeEach(() => {
    runs = [...LOCAL, "sumo"];
    formerly = undefined;
    sends = { endpoint: ENDPOINT, headers: {} };
    credentials = { endpoint: ENDPOINT, "headers.json": "{}" };
    hurried = 0;
    onHurry = () => undefined;
  });

  it("goes by it once it runs each path, to where it leads", async () => {
    expect(await notInEffect(DUAL, pod)).toBeUndefined();
    runs = LOCAL;
    expect(await notInEffect(OFF, pod)).toBeUndefined();
  });

  it.each<[string, string[], Wanted, string]>([
    ["has no second path yet", LOCAL, DUAL, "Alloy does not run otelcol.exporter.otlphttp.sumo_traces yet"],
    ["lacks a backend's path", ["tempo", "sumo"], DUAL, "Alloy does not run otelcol.exporter.otlphttp.loki"],
    ["still has the second path", [...LOCAL, "sumo"], OFF, "Alloy still runs otelcol.exporter.otlphttp.sumo"],
    [
      "still has a backend's path",
      [...LOCAL, "mimir"],
      OFF,
      "Alloy still runs otelcol.exporter.otlphttp.mimir",
    ],
  ])("does not while it %s", async (_, running, wanted, why) => {
    runs = running;
    expect(await notInEffect(wanted, pod)).toMatch(why);
  });

  it("does not while a single signal goes to the former address", async () => {
    formerly = "sumo_metrics";
    expect(await notInEffect(DUAL, pod)).toMatch(/^otelcol\.exporter\.otlphttp\.sumo_metrics still sends to/);
  });

  it("does not while it sends other headers, in whatever order", async () => {
    credentials["headers.json"] = '{"X-B":"2","X-A":"1"}';
    expect(await notInEffect(DUAL, pod)).toMatch(/former headers$/);
    sends.headers = { "X-A": "1", "X-B": "2" };
    expect(await notInEffect(DUAL, pod)).toBeUndefined();
  });

  it("is hurried only where it does not, and not at every look", async () => {
    await untilInEffect(DUAL, pod, PATIENCE);
    expect(hurried).toBe(0);
    let looks = 0;
    const slow: AlloyPod = {
      ...pod,
      page: (path) => {
        if (path === "metrics" && ++looks === 5) runs = [...LOCAL, "sumo"];
        return pod.page(path);
      },
    };
    runs = LOCAL;
    await untilInEffect(DUAL, slow, PATIENCE);
    expect([looks, hurried]).toEqual([5, 1]);
  });

  it("is waited for where nobody may hurry it", async () => {
    runs = LOCAL;
    onHurry = () => {
      runs = [...LOCAL, "sumo"];
      throw new Error("forbidden");
    };
    const forbidden: AlloyPod = { ...pod, hurry: async () => pod.hurry() };
    await untilInEffect(DUAL, forbidden, PATIENCE);
    expect(hurried).toBe(1);
  });

  it("that never goes by it is a fault that says what it does instead", async () => {
    await expect(untilInEffect(OFF, pod, PATIENCE)).rejects.toThrow(
      "All is made, but Alloy does not go by it within 0.2 s (Alloy still runs otelcol.exporter.otlphttp.sumo_traces): " +
        "`npm run status` says more.",
    );
  });
});
