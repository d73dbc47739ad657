import { Fault } from "../../scripts/lib/fault";
import type { StartLoad } from "../../scripts/lib/load";
import { drawn } from "../../scripts/lib/query/metrics";
import { writtenQueries } from "../../scripts/verify/evaluating";
import type { Component } from "../../versions";
import { IMPATIENT, verifyAgainst } from "../helpers/fake-verify";
import { FakeVerifyAll } from "../helpers/fake-verify-all";
import { FakeWorld, PERSONS } from "../helpers/fake-world";

const on = new FakeVerifyAll();
const { verifyAll } = on;
beforeEach(() => on.start());
afterEach(() => on.stop());

describe("with everything in order", () => {
  it("finds each panel and variable of each dashboard, correlation and links well, and exits 0", async () => {
    const { code, ok, checks, faults, unchecked } = await verifyAll();
    expect([faults, unchecked]).toEqual([[], []]);
    const panels = Object.values(on.world.dashboards).flatMap((text) => {
      type Panels = { title: string; panels: { title: string; type: string }[] };
      const { title, panels } = JSON.parse(text) as Panels;
      return panels.filter(({ type }) => type !== "row").map((panel) => `${title} / ${panel.title}`);
    });
    expect(panels.length).toBeGreaterThan(30);
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        ...panels,
        "Services / variable service",
        "Logs / variable service",
        "service graph: user → api-gateway",
        "service graph: order-service → payment-service",
        "share of failed requests",
        "Tempo: tracesToLogsV2",
        "Tempo: tracesToMetrics",
        "Loki: derivedFields",
        "Mimir: exemplarTraceIdDestinations",
      ]),
    );
    expect([code, ok]).toEqual([0, true]);
  });

  it("asks every query of docs/evaluating-lgtm.md", async () => {
    on.world.keepOnly("logs.json");
    const { checks } = await verifyAll();
    const written = writtenQueries();
    expect(written.length).toBeGreaterThan(20);
    expect(checks.filter(({ area }) => area === "evaluating").map(({ name }) => name)).toEqual(
      written.map(({ question }) => question),
    );
    for (const { query } of written) expect(on.world.asked).toContain(query);
  });

  it("asks what Grafana would: variables, intervals and tags filled in", async () => {
    await verifyAll();
    expect(on.world.asked.filter((query) => query.includes("$"))).toEqual([]);
    expect(on.world.asked).toContainEqual(
      expect.stringMatching(/service=~"\(api-gateway\|order-service\|payment-service\)".*\[60s\]/),
    );
    expect(on.world.asked).toContain(
      `{service_name="order-service"} | trace_id = "${on.world.requests[0]!.traceId}"`,
    );
    expect(on.world.asked).toContain(
      'sum(rate(traces_spanmetrics_calls_total{service="payment-service"}[60s]))',
    );
  });

  it("tells a person the same, each check on a line of its own", async () => {
    on.fake.override = on.world.answer;
    const { code, lines } = await verifyAgainst(on.fake, ["--all"], {}, { startLoad: on.world.startLoad });
    expect(lines).toContain("ok trace local Tempo n ms");
    expect(lines).toContain("ok load: load generator 40 requests at 50/s, 4 of them failing");
    expect(lines).toContainEqual(
      expect.stringMatching(/^ok dashboards: Services \/ Latency by route 1 series, 3 exemplars$/),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^ok correlation: share of failed requests 10.00 %: load generator 4 of 40, span metrics 4/,
      ),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^All is where it should be: (\d+) of \1 checks are well\.$/),
    );
    expect(code).toBe(0);
  });

  it("leaves alone what people made themselves", async () => {
    on.world.keepOnly("logs.json");
    const own = on.world.dashboards["logs.json"]!.replaceAll("detected_level", "nonsense (");
    on.world.dashboards["own.json"] = own.replace('"uid": "watchtower-logs"', `"uid": "${PERSONS}logs"`);
    expect((await verifyAll()).faults).toEqual([]);
  });

  it("waits for what is still on its way", async () => {
    on.world.keepOnly("service-map.json");
    let looks = 0;
    on.world.empty = (query) => query.startsWith("sum(increase") && ++looks < 4;
    expect((await verifyAll()).faults).toEqual([]);
  });
});

describe("lines that come when something happens", () => {
  it("are looked for further back where they are the stack's own, and nowhere else", async () => {
    const HOUR_NS = 3.6e12;
    const isLate = (over: URLSearchParams) => Number(over.get("end")) - Number(over.get("start")) < HOUR_NS;
    on.world.empty = (query, over) => query.startsWith('{job="watchtower/') && isLate(over);
    const { code, checks } = await verifyAll();
    expect(checks.find(({ name }) => name === "Pipeline / Events")?.note).toBe(
      "120 lines, all of them before the dashboard's time",
    );
    expect(code).toBe(0);
    on.world.keepOnly("logs.json");
    on.world.empty = (query, over) =>
      query.includes('detected_level=~"error|critical|fatal"') && isLate(over);
    expect((await verifyAll(IMPATIENT)).faults).toEqual([
      expect.stringMatching(/^dashboards: Logs \/ Errors: query A: no lines: /),
    ]);
  });
});

it("takes nothing but NaN for no data", () => {
  const series = (...values: string[]) => ({
    metric: {},
    values: values.map((one): [number, string] => [0, one]),
  });
  expect(drawn([series("NaN", "NaN"), series("NaN", "0"), series()])).toEqual([series("NaN", "0")]);
});

describe("a stack that runs less", () => {
  it.each<[Component, string[]]>([
    [
      "tempo",
      [
        "trace → logs",
        "log → trace",
        "exemplar → trace",
        "Mimir: exemplarTraceIdDestinations",
        "Loki: derivedFields",
      ],
    ],
    ["loki", ["trace → logs", "every log has its trace id", "Tempo: tracesToLogsV2"]],
    ["mimir", ["exemplar → trace", "service graph: user → api-gateway", "Tempo: tracesToMetrics"]],
  ])("without %s is checked for what it runs, and says what could not be checked", async (gone, names) => {
    const components = (["tempo", "loki", "mimir", "grafana", "alloy"] as const).filter(
      (one) => one !== gone,
    );
    on.world = new FakeWorld(components);
    const { code, faults, unchecked } = await verifyAll([], { components });
    expect(faults).toEqual([]);
    for (const name of names)
      expect(unchecked).toContainEqual(
        expect.stringMatching(new RegExp(`: ${name}: this stack does not run .*${gone}`)),
      );
    expect(code).toBe(0);
  });

  it("without Grafana cannot be looked at", async () => {
    const { code, err } = await verifyAgainst(on.fake, ["--all", "--no-load"], {
      components: ["tempo", "alloy"],
      grafana: undefined,
    });
    expect(err).toBe(
      "verify: This stack runs without grafana: `npm run up -- tempo alloy grafana` adds it.\n",
    );
    expect(code).toBe(1);
  });
});

describe("--no-load", () => {
  it("sends nothing, and looks at what is there", async () => {
    on.world.keepOnly("logs.json");
    const startLoad = jest.fn();
    const { code, checks } = await verifyAll(["--no-load"], { startLoad });
    expect(code).toBe(0);
    expect(startLoad).not.toHaveBeenCalled();
    expect([on.fake.sink.spans.length, on.fake.logs.length]).toEqual([0, 0]);
    expect(checks.map(({ area }) => area)).not.toContain("load");
  });
});

it("asks for as much load as it was told to", async () => {
  on.world.keepOnly("logs.json");
  const startLoad = jest.fn(on.world.startLoad);
  await verifyAll(["--rate", "7", "--duration", "2m"], { startLoad });
  expect(startLoad).toHaveBeenCalledWith(on.fake.stack.otlp, { rate: 7, durationMs: 120_000 });
});

it("says so where the load cannot be sent", async () => {
  const cannot = Promise.reject(new Fault("The load could not be sent: nobody there"));
  cannot.catch(() => {});
  const startLoad: StartLoad = () => ({ begun: cannot, ended: cannot, stop: () => undefined });
  const { code, err } = await verifyAll([], { startLoad });
  expect([code, err]).toEqual([1, "verify: The load could not be sent: nobody there\n"]);
});

it("says so where Grafana does not tell what it has", async () => {
  on.fake.override = () => undefined;
  const { code, err } = await verifyAgainst(on.fake, ["--all", "--no-load"]);
  expect(err).toMatch(/^verify: Grafana does not tell what it has: it answers 404 /);
  expect(code).toBe(1);
});
