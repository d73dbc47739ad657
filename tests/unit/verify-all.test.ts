import { Fault } from "../../scripts/lib/fault";
import type { Check } from "../../scripts/verify/checks";
import { writtenQueries } from "../../scripts/verify/evaluating";
import { drawn } from "../../scripts/verify/metrics";
import type { StartLoad } from "../../scripts/verify/load";
import type { Component } from "../../versions";
import { FakeStack } from "../helpers/fake-stack";
import { IMPATIENT, verifyAgainst } from "../helpers/fake-verify";
import { FakeWorld, PERSONS } from "../helpers/fake-world";

let fake: FakeStack;
let world: FakeWorld;
beforeEach(async () => {
  fake = await FakeStack.start();
  world = new FakeWorld();
});
afterEach(() => fake.stop());

/** Runs `verify --all`, and sorts what it found out. */
async function verifyAll(
  argv: string[] = [],
  { components, startLoad = world.startLoad }: { components?: Component[]; startLoad?: StartLoad } = {},
) {
  fake.override = world.answer;
  const changes = components && { components };
  const { code, out, err } = await verifyAgainst(fake, ["--all", "--json", ...argv], changes, { startLoad });
  const { ok, checks = [] } = (out ? JSON.parse(out) : {}) as { ok?: boolean; checks?: Check[] };
  const named = (state: Check["state"]) =>
    checks
      .filter((check) => check.state === state)
      .map(({ area, name, note }) => `${area}: ${name}: ${note}`);
  return { code, ok, err, checks, faults: named("FAULT"), unchecked: named("unchecked") };
}

/** Breaks a provisioned dashboard. */
function sabotage(file: string, from: string, to: string): void {
  expect(world.dashboards[file]).toContain(from);
  world.dashboards[file] = world.dashboards[file]!.replace(from, to);
}

/** Breaks a data source. */
function sabotageSource(uid: string, from: string, to: string): void {
  const i = world.sources.findIndex((source) => source.uid === uid);
  const text = JSON.stringify(world.sources[i]);
  expect(text).toContain(from);
  world.sources[i] = JSON.parse(text.replace(from, to)) as (typeof world.sources)[number];
}

describe("with everything in order", () => {
  it("finds each panel and variable of each dashboard, correlation and links well, and exits 0", async () => {
    const { code, ok, checks, faults, unchecked } = await verifyAll();
    expect([faults, unchecked]).toEqual([[], []]);
    const panels = Object.values(world.dashboards).flatMap((text) => {
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
    world.keepOnly("logs.json");
    const { checks } = await verifyAll();
    const written = writtenQueries();
    expect(written.length).toBeGreaterThan(20);
    expect(checks.filter(({ area }) => area === "evaluating").map(({ name }) => name)).toEqual(
      written.map(({ question }) => question),
    );
    for (const { query } of written) expect(world.asked).toContain(query);
  });

  it("asks what Grafana would: variables, intervals and tags filled in", async () => {
    await verifyAll();
    expect(world.asked.filter((query) => query.includes("$"))).toEqual([]);
    expect(world.asked).toContainEqual(
      expect.stringMatching(/service=~"\(api-gateway\|order-service\|payment-service\)".*\[60s\]/),
    );
    expect(world.asked).toContain(
      `{service_name="order-service"} | trace_id = "${world.requests[0]!.traceId}"`,
    );
    expect(world.asked).toContain(
      'sum(rate(traces_spanmetrics_calls_total{service="payment-service"}[60s]))',
    );
  });

  it("tells a person the same, each check on a line of its own", async () => {
    fake.override = world.answer;
    const { code, lines } = await verifyAgainst(fake, ["--all"], {}, { startLoad: world.startLoad });
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
    world.keepOnly("logs.json");
    const own = world.dashboards["logs.json"]!.replaceAll("detected_level", "nonsense (");
    world.dashboards["own.json"] = own.replace('"uid": "watchtower-logs"', `"uid": "${PERSONS}logs"`);
    expect((await verifyAll(IMPATIENT)).faults).toEqual([]);
  });

  it("waits for what is still on its way", async () => {
    world.keepOnly("service-map.json");
    let looks = 0;
    world.empty = (query) => query.startsWith("sum(increase") && ++looks < 4;
    expect((await verifyAll()).faults).toEqual([]);
  });
});

describe("sabotage is named, alone, and exits 1", () => {
  it.each([
    ["a broken query", "sum by (service) (", "sum by (service ((", /^it answers 400 .*parse error/],
    ["a metric that nobody writes", "traces_spanmetrics_calls_total{", "traces_calls_total{", /^no series: /],
    ["a variable that is not there", "[$__rate_interval]", "[$window]", /^nobody fills in \$window/],
    [
      "a data source that is not there",
      '"uid": "mimir"',
      '"uid": "mimirr"',
      /^data source "mimirr" is none of/,
    ],
    ["a data source of another kind", '"uid": "mimir"', '"uid": "tempo"', /^verify cannot ask Tempo for ""/],
  ])("a panel with %s", async (_case, from, to, why) => {
    world.keepOnly("services.json");
    const text = world.dashboards["services.json"]!;
    const target = text.indexOf('"targets"', text.indexOf('"title": "Requests"'));
    const broken = text.slice(target).replace(from, to);
    expect(broken).not.toBe(text.slice(target));
    world.dashboards["services.json"] = text.slice(0, target) + broken;
    const { code, ok, faults } = await verifyAll(IMPATIENT);
    const [fault = "", ...more] = faults;
    const [, note = ""] = /^dashboards: Services \/ Requests: query A: (.*)$/.exec(fault) ?? [];
    expect(note).toMatch(why);
    expect([more, code, ok]).toEqual([[], 1, false]);
  });

  it("a variable without a value, and the panels that use it", async () => {
    sabotage("services.json", "label_values(traces_spanmetrics_calls_total, service)", "label_names()");
    const { code, faults } = await verifyAll(IMPATIENT);
    expect(faults).toContain(
      'dashboards: Services / variable service: verify cannot ask for "label_names()"',
    );
    expect(code).toBe(1);
    world.services = [];
    expect((await verifyAll(IMPATIENT)).faults).toContain(
      "dashboards: Logs / variable service: $service has no value to choose",
    );
  });

  it.each([
    [
      "tempo",
      '"datasourceUid":"loki","spanStart',
      '"datasourceUid":"lokii","spanStart',
      "Tempo: tracesToLogsV2",
      'data source "lokii"',
    ],
    ["tempo", "trace_id = ", "traceid == ", "Tempo: tracesToLogsV2", "it answers 400"],
    ["tempo", "latency_bucket{", "latency_buckets{", "Tempo: tracesToMetrics", '"p95 latency" shows nothing'],
    [
      "tempo",
      '"serviceMap":{"datasourceUid":"mimir"}',
      '"serviceMap":{"datasourceUid":"mimirr"}',
      "Service map / Service map",
      '"mimirr"',
    ],
    [
      "loki",
      '"matcherRegex":"trace_id"',
      '"matcherRegex":"traceID"',
      "Loki: derivedFields",
      "finds nothing in a line of",
    ],
    [
      "loki",
      '"datasourceUid":"tempo"',
      '"datasourceUid":"mimir"',
      "Loki: derivedFields",
      "which mimir does not have",
    ],
    [
      "mimir",
      '"name":"trace_id"',
      '"name":"traceID"',
      "Mimir: exemplarTraceIdDestinations",
      "an exemplar has no traceID",
    ],
    [
      "mimir",
      '"exemplarTraceIdDestinations"',
      '"gone"',
      "Mimir: exemplarTraceIdDestinations",
      "has no such link",
    ],
  ])("a data source: %s with %s → %s", async (uid, from, to, name, why) => {
    world.keepOnly("service-map.json");
    sabotageSource(uid, from, to);
    const { code, faults } = await verifyAll(IMPATIENT);
    expect(faults).toEqual([expect.stringContaining(`${name}: `)]);
    expect(faults[0]).toContain(why);
    expect(code).toBe(1);
  });

  it("a log without a trace id, by its service and text", async () => {
    world.keepOnly("logs.json");
    world.lines.push({ service: "order-service", failed: false });
    const { code, faults } = await verifyAll(IMPATIENT);
    expect(faults).toEqual([
      expect.stringMatching(
        /^correlation: every log has its trace id: 1 lines of order-service have no trace id, such as .*"a line of order-service"/,
      ),
    ]);
    expect(code).toBe(1);
  });

  it("but a log of another service, which may have no request, is told of", async () => {
    world.keepOnly("logs.json");
    world.lines.push({ service: "a-cron-job", failed: false });
    const { code, checks } = await verifyAll(IMPATIENT);
    const note = checks.find(({ name }) => name === "every log has its trace id")?.note;
    expect(note).toBe("120 lines; 1 of a-cron-job have none");
    expect(code).toBe(0);
  });

  it.each<[string, () => void, RegExp]>([
    [
      "a trace that a service wrote no log of",
      () => world.lines.splice(2, 1),
      /^correlation: trace → logs: trace a+0 has no log of payment-service$/,
    ],
    [
      "an exemplar of no trace",
      () => (world.exemplars = ["f".repeat(32)]),
      /^correlation: exemplar → trace: an exemplar leads to trace f+, which tempo does not have$/,
    ],
    [
      "an edge that nothing was counted for",
      () => (world.empty = (query) => /increase.*client="api-gateway"/.test(query)),
      /^correlation: service graph: api-gateway → order-service: nothing was counted by /,
    ],
    [
      "another share of failed requests",
      () => (world.counted = { requests: 40, failed: 5 }),
      /^correlation: share of failed requests: the shares differ: load generator 4 of 40, span metrics 5 of 40, /,
    ],
    [
      "fewer requests than were sent",
      () => (world.counted = { requests: 30, failed: 3 }),
      /^correlation: share of failed requests: span metrics tell of fewer requests than were sent: /,
    ],
  ])("%s", async (_case, spoil, fault) => {
    world.keepOnly("logs.json");
    spoil();
    const { code, faults } = await verifyAll(IMPATIENT);
    expect(faults).toContainEqual(expect.stringMatching(fault));
    expect(code).toBe(1);
  });

  it.each([
    ["TraceQL that tells traces", "duration > 500ms", "Which requests were slow?", "traces"],
    ["TraceQL that makes series", "| compare(", "What do failing requests have in common?", "series"],
    ["PromQL", "shop_revenue_total", "Keep that as a metric (logs to metrics)", "series"],
    ["LogQL", "unwrap took", "How slow are slow queries? (parse a field, aggregate it)", "lines"],
  ])("an empty query of docs/evaluating-lgtm.md, in %s", async (_, part, question, unit) => {
    world.keepOnly("logs.json");
    world.empty = (query) => query.includes(part);
    const { code, faults } = await verifyAll(IMPATIENT);
    expect(faults).toEqual([expect.stringContaining(`evaluating: ${question}: no ${unit}: `)]);
    expect(code).toBe(1);
  });

  it("a load that did not arrive", async () => {
    world.keepOnly("logs.json");
    const startLoad: StartLoad = (otlp, load) => {
      const running = world.startLoad(otlp, load);
      return { ...running, ended: running.ended.then((sent) => ({ ...sent, delivered: false })) };
    };
    const { code, faults } = await verifyAll(IMPATIENT, { startLoad });
    expect(faults).toEqual([
      expect.stringMatching(/^load: load generator: .*; NOT all of it was delivered$/),
    ]);
    expect(code).toBe(1);
  });
});

describe("lines that come when something happens", () => {
  it("are looked for further back where they are the stack's own, and nowhere else", async () => {
    const HOUR_NS = 3.6e12;
    const isLate = (over: URLSearchParams) => Number(over.get("end")) - Number(over.get("start")) < HOUR_NS;
    world.empty = (query, over) => query.startsWith('{job="watchtower/') && isLate(over);
    const { code, checks } = await verifyAll();
    expect(checks.find(({ name }) => name === "Pipeline / Events")?.note).toBe(
      "120 lines, all of them before the dashboard's time",
    );
    expect(code).toBe(0);
    world.keepOnly("logs.json");
    world.empty = (query, over) => query.includes('detected_level=~"error|critical|fatal"') && isLate(over);
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
    world = new FakeWorld(components);
    const { code, faults, unchecked } = await verifyAll([], { components });
    expect(faults).toEqual([]);
    for (const name of names)
      expect(unchecked).toContainEqual(
        expect.stringMatching(new RegExp(`: ${name}: this stack does not run .*${gone}`)),
      );
    expect(code).toBe(0);
  });

  it("without Grafana cannot be looked at", async () => {
    const { code, err } = await verifyAgainst(fake, ["--all", "--no-load"], {
      components: ["tempo", "alloy"],
      grafana: undefined,
    });
    expect(err).toMatch(
      /^verify: This stack runs tempo, alloy, and verify --all looks through grafana: add it/,
    );
    expect(code).toBe(1);
  });
});

describe("--no-load", () => {
  it("sends nothing, and looks at what is there", async () => {
    world.keepOnly("logs.json");
    const startLoad = jest.fn();
    const { code, checks } = await verifyAll(["--no-load"], { startLoad });
    expect(code).toBe(0);
    expect(startLoad).not.toHaveBeenCalled();
    expect([fake.sink.spans.length, fake.logs.length]).toEqual([0, 0]);
    expect(checks.map(({ area }) => area)).not.toContain("load");
  });
});

it("asks for as much load as it was told to", async () => {
  world.keepOnly("logs.json");
  const startLoad = jest.fn(world.startLoad);
  await verifyAll(["--rate", "7", "--duration", "2m"], { startLoad });
  expect(startLoad).toHaveBeenCalledWith(fake.stack.otlp, { rate: 7, durationMs: 120_000 });
});

it("says so where the load cannot be sent", async () => {
  const cannot = Promise.reject(new Fault("The load could not be sent: nobody there"));
  cannot.catch(() => {});
  const startLoad: StartLoad = () => ({ begun: cannot, ended: cannot, stop: () => undefined });
  const { code, err } = await verifyAll([], { startLoad });
  expect([code, err]).toEqual([1, "verify: The load could not be sent: nobody there\n"]);
});

it("says so where Grafana does not tell what it has", async () => {
  fake.override = () => undefined;
  const { code, err } = await verifyAgainst(fake, ["--all", "--no-load"]);
  expect(err).toMatch(/^verify: Grafana does not tell what it has: it answers 404 /);
  expect(code).toBe(1);
});
