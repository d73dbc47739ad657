import type { StartLoad } from "../../scripts/lib/load";
import { IMPATIENT } from "../helpers/fake-verify";
import { FakeVerifyAll } from "../helpers/fake-verify-all";

const on = new FakeVerifyAll();
const { verifyAll } = on;
beforeEach(() => on.start());
afterEach(() => on.stop());

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
    on.world.keepOnly("services.json");
    const text = on.world.dashboards["services.json"]!;
    const target = text.indexOf('"targets"', text.indexOf('"title": "Requests"'));
    const broken = text.slice(target).replace(from, to);
    expect(broken).not.toBe(text.slice(target));
    on.world.dashboards["services.json"] = text.slice(0, target) + broken;
    const { code, ok, faults } = await verifyAll(IMPATIENT);
    const [fault = "", ...more] = faults;
    const [, note = ""] = /^dashboards: Services \/ Requests: query A: (.*)$/.exec(fault) ?? [];
    expect(note).toMatch(why);
    expect([more, code, ok]).toEqual([[], 1, false]);
  });

  it("a variable without a value, and the panels that use it", async () => {
    on.sabotage("services.json", "label_values(traces_spanmetrics_calls_total, service)", "label_names()");
    const { code, faults } = await verifyAll(IMPATIENT);
    expect(faults).toContain(
      'dashboards: Services / variable service: verify cannot ask for "label_names()"',
    );
    expect(code).toBe(1);
    on.world.services = [];
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
    on.world.keepOnly("service-map.json");
    on.sabotageSource(uid, from, to);
    const { code, faults } = await verifyAll(IMPATIENT);
    expect(faults).toEqual([expect.stringContaining(`${name}: `)]);
    expect(faults[0]).toContain(why);
    expect(code).toBe(1);
  });

  it("a log without a trace id, by its service and text", async () => {
    on.world.keepOnly("logs.json");
    on.world.lines.push({ service: "order-service", failed: false });
    const { code, faults } = await verifyAll(IMPATIENT);
    expect(faults).toEqual([
      expect.stringMatching(
        /^correlation: every log has its trace id: 1 lines of order-service have no trace id, such as .*"a line of order-service"/,
      ),
    ]);
    expect(code).toBe(1);
  });

  it("but a log of another service, which may have no request, is told of", async () => {
    on.world.keepOnly("logs.json");
    on.world.lines.push({ service: "a-cron-job", failed: false });
    const { code, checks } = await verifyAll(IMPATIENT);
    const note = checks.find(({ name }) => name === "every log has its trace id")?.note;
    expect(note).toBe("120 lines; 1 of a-cron-job have none");
    expect(code).toBe(0);
  });

  it.each<[string, () => void, RegExp]>([
    [
      "a trace that a service wrote no log of",
      () => on.world.lines.splice(2, 1),
      /^correlation: trace → logs: trace a+0 has no log of payment-service$/,
    ],
    [
      "an exemplar of no trace",
      () => (on.world.exemplars = ["f".repeat(32)]),
      /^correlation: exemplar → trace: an exemplar leads to trace f+, which tempo does not have$/,
    ],
    [
      "an edge that nothing was counted for",
      () => (on.world.empty = (query) => /increase.*client="api-gateway"/.test(query)),
      /^correlation: service graph: api-gateway → order-service: nothing was counted by /,
    ],
    [
      "another share of failed requests",
      () => (on.world.counted = { requests: 40, failed: 5 }),
      /^correlation: share of failed requests: the shares differ: load generator 4 of 40, span metrics 5 of 40, /,
    ],
    [
      "fewer requests than were sent",
      () => (on.world.counted = { requests: 30, failed: 3 }),
      /^correlation: share of failed requests: span metrics tell of fewer requests than were sent: /,
    ],
  ])("%s", async (_case, spoil, fault) => {
    on.world.keepOnly("logs.json");
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
    on.world.keepOnly("logs.json");
    on.world.empty = (query) => query.includes(part);
    const { code, faults } = await verifyAll(IMPATIENT);
    expect(faults).toEqual([expect.stringContaining(`evaluating: ${question}: no ${unit}: `)]);
    expect(code).toBe(1);
  });

  it("a load that did not arrive", async () => {
    on.world.keepOnly("logs.json");
    const startLoad: StartLoad = (otlp, load) => {
      const running = on.world.startLoad(otlp, load);
      return { ...running, ended: running.ended.then((sent) => ({ ...sent, delivered: false })) };
    };
    const { code, faults } = await verifyAll(IMPATIENT, { startLoad });
    expect(faults).toEqual([
      expect.stringMatching(/^load: load generator: .*; NOT all of it was delivered$/),
    ]);
    expect(code).toBe(1);
  });
});
