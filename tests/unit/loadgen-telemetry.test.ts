import { loadgen } from "../helpers/loadgen";
import { OtlpSink, type SinkPoint, type SinkSpan } from "../helpers/otlp-sink";

const REQUESTS = 300;
const ERROR_SHARE = 0.2;
const SERVICES = ["api-gateway", "order-service", "payment-service"];
/** OTLP's numbers. */
const KIND = { INTERNAL: 1, SERVER: 2, CLIENT: 3 };
const ERROR = 2;
const CUMULATIVE = 2;

function total(points: SinkPoint[], what: "count" | "sum" | "value"): number {
  return points.reduce((sum, point) => sum + (point[what] ?? 0), 0);
}

describe("what the load generator sends", () => {
  let sink: OtlpSink;
  let before: bigint;
  let after: bigint;
  let traces: SinkSpan[][];
  const parents = new Map<string, SinkSpan>();

  beforeAll(async () => {
    sink = await OtlpSink.start();
    before = BigInt(Date.now()) * 1_000_000n;
    const argv = ["--requests", `${REQUESTS}`, "--rate", "1000", "--errors", `${ERROR_SHARE}`, "--seed", "7"];
    expect(await loadgen([...sink.optionsFor("grpc"), ...argv])).toMatchObject({ code: 0 });
    after = BigInt(Date.now()) * 1_000_000n;
    const ids = [...new Set(sink.spans.map((span) => span.traceId))];
    traces = ids.map((id) => sink.spans.filter((span) => span.traceId === id));
    for (const span of sink.spans) parents.set(span.spanId, span);
  });
  afterAll(() => sink.stop());

  const parentOf = (span: SinkSpan) => (span.parentId ? parents.get(span.parentId) : undefined);
  const rootOf = (trace: SinkSpan[]) => trace.find((span) => !span.parentId) as SinkSpan;
  const secondsOf = (span: SinkSpan) => Number(span.end - span.start) / 1e9;
  const isFailing = (trace: SinkSpan[]) => rootOf(trace).status.code === ERROR;

  it("is one trace a request, with one root, the gateway's, and no parent missing", () => {
    expect(traces).toHaveLength(REQUESTS);
    for (const trace of traces) {
      expect(trace.filter((span) => !span.parentId)).toEqual([
        expect.objectContaining({ service: "api-gateway", kind: KIND.SERVER }),
      ]);
      for (const span of trace) {
        if (span.parentId) expect(parentOf(span)?.traceId).toBe(span.traceId);
      }
    }
  });

  it("goes through all three services, each called by the one before", () => {
    for (const trace of traces) {
      const servers = trace.filter((span) => span.kind === KIND.SERVER);
      expect(servers.map((span) => span.service).sort()).toEqual(SERVICES);
      for (const server of servers.filter((span) => span.parentId)) {
        const client = parentOf(server);
        expect(client).toMatchObject({ kind: KIND.CLIENT, name: server.name });
        expect(SERVICES.indexOf(client?.service ?? "")).toBe(SERVICES.indexOf(server.service) - 1);
      }
    }
  });

  it("asks one database, from order-service", () => {
    for (const trace of traces) {
      const [query, ...others] = trace.filter((span) => "db.system.name" in span.attributes);
      expect(others).toEqual([]);
      expect(query).toMatchObject({ service: "order-service", kind: KIND.CLIENT });
      expect(query?.attributes["db.query.text"]).toMatch(
        new RegExp(`^${query?.attributes["db.operation.name"]} .*${query?.attributes["db.collection.name"]}`),
      );
      expect(parentOf(query as SinkSpan)).toMatchObject({ service: "order-service", kind: KIND.SERVER });
    }
  });

  it("calls the payment provider by gRPC, from payment-service's own work", () => {
    for (const trace of traces) {
      const [call, ...others] = trace.filter((span) => "rpc.system.name" in span.attributes);
      expect(others).toEqual([]);
      expect(call).toMatchObject({ service: "payment-service", kind: KIND.CLIENT });
      expect(call?.name).toBe(call?.attributes["rpc.method"]);
      expect(call?.status.code === ERROR).toBe(call?.attributes["rpc.status_code"] !== "OK");
      expect(parentOf(call as SinkSpan)).toMatchObject({ service: "payment-service", kind: KIND.INTERNAL });
    }
  });

  it("takes time: a child lies inside its parent, siblings follow each other, nothing lies in the future", () => {
    for (const trace of traces) {
      const byStart = [...trace].sort((a, b) => Number(a.start - b.start));
      for (const span of byStart) {
        expect(span.end).toBeGreaterThan(span.start);
        expect(span.end).toBeLessThanOrEqual(after);
        const parent = parentOf(span);
        if (!parent) continue;
        expect(span.start).toBeGreaterThan(parent.start);
        expect(span.end).toBeLessThan(parent.end);
        const next = byStart.find((other) => other.parentId === span.parentId && other.start > span.start);
        if (next) expect(next.start).toBeGreaterThanOrEqual(span.end);
      }
      expect(rootOf(trace).end).toBeGreaterThanOrEqual(before);
    }
  });

  it("has latencies that vary, and a tail far above the usual one", () => {
    const usual = traces.filter((trace) => rootOf(trace).name === "GET /products" && !isFailing(trace));
    const quick = usual.map((trace) => secondsOf(rootOf(trace))).sort((a, b) => a - b);
    expect(quick[Math.floor(quick.length * 0.9)]).toBeGreaterThan(
      1.2 * (quick[Math.floor(quick.length / 2)] ?? 0),
    );

    const all = traces.map((trace) => secondsOf(rootOf(trace))).sort((a, b) => a - b);
    expect(all[REQUESTS - 1]).toBeGreaterThan(5 * (all[REQUESTS / 2] ?? 0));
  });

  it("can be searched for by order, customer and payment method", () => {
    const orders = traces.filter((trace) => rootOf(trace).attributes["http.route"] !== "/products");
    for (const trace of orders) {
      const servers = trace.filter((span) => span.kind === KIND.SERVER);
      expect(new Set(servers.map((span) => span.attributes["order.id"])).size).toBe(1);
      expect(rootOf(trace).attributes).toMatchObject({
        "order.id": expect.stringMatching(/^ord-\d+$/) as string,
        "customer.tier": expect.any(String) as string,
        "payment.method": expect.any(String) as string,
      });
    }
    expect(orders.length).toBeGreaterThan(REQUESTS / 2);
  });

  it("logs in every service, with the ids of a span of that service", () => {
    expect(new Set(sink.logs.map((log) => `${log.traceId} ${log.service}`)).size).toBe(3 * REQUESTS);
    for (const log of sink.logs) {
      const span = parents.get(log.spanId);
      expect(span).toMatchObject({ traceId: log.traceId, service: log.service });
      expect(log.time).toBe(span?.end);
    }
  });

  it("fails in about the asked share of requests", () => {
    const failing = traces.filter(isFailing).length;
    expect(failing / REQUESTS).toBeGreaterThan(ERROR_SHARE / 2);
    expect(failing / REQUESTS).toBeLessThan(ERROR_SHARE * 1.5);
  });

  it("shows a failure on all three services, with the exception where it began and an error log at each", () => {
    for (const trace of traces.filter(isFailing)) {
      const broken = trace.filter((span) => span.status.code === ERROR);
      const query = trace.filter((span) => "db.system.name" in span.attributes);
      const before = trace.filter((span) => span.service === "order-service" && span.kind === KIND.INTERNAL);
      const answered = trace.filter((span) => span.attributes["rpc.status_code"] === "OK");
      expect(new Set([...broken, ...query, ...before, ...answered])).toEqual(new Set(trace));
      expect(broken.every((span) => "error.type" in span.attributes)).toBe(true);

      const [origin, ...others] = broken.filter((span) => span.events.length > 0);
      expect(others).toEqual([]);
      expect(origin).toMatchObject({ service: "payment-service", kind: KIND.INTERNAL });
      const [exception] = origin?.events ?? [];
      expect(exception?.name).toBe("exception");
      expect(exception?.attributes["exception.type"]).toBe(origin?.attributes["error.type"]);
      expect(exception?.attributes["exception.stacktrace"]).toContain(
        exception?.attributes["exception.message"],
      );

      for (const span of broken.filter(({ kind }) => kind === KIND.SERVER)) {
        expect(Number(span.attributes["http.response.status_code"])).toBeGreaterThanOrEqual(500);
      }
      const errors = sink.logs.filter((log) => log.traceId === origin?.traceId && log.severity === "ERROR");
      expect(errors.map((log) => log.service).sort()).toEqual(SERVICES);
    }
  });

  it("shows nothing of the kind where a request went well", () => {
    const well = traces.filter((trace) => !isFailing(trace)).flat();
    expect(
      well.filter(
        ({ status, events, attributes }) => status.code || events.length || attributes["error.type"],
      ),
    ).toEqual([]);
    const ids = new Set(well.map((span) => span.traceId));
    expect(sink.logs.filter((log) => ids.has(log.traceId) && log.severity === "ERROR")).toEqual([]);
  });

  it("comes from three services of one namespace, each an instance of its own", () => {
    const resources = new Map(sink.spans.map(({ service, resource }) => [service, resource]));
    expect([...resources.keys()].sort()).toEqual(SERVICES);
    expect(new Set([...resources.values()].map((resource) => resource["service.instance.id"])).size).toBe(3);
    for (const resource of resources.values()) {
      expect(resource).toMatchObject({
        "service.namespace": "shop",
        "deployment.environment.name": "local",
        "deployment.environment": "local", // the stack's backends know it by the old name
      });
    }
  });

  it("measures every request in every service, cumulatively, in the conventions' buckets", () => {
    const durations = sink.points.filter(({ metric }) => metric === "http.server.request.duration");
    const latest = new Map(
      durations.map((point) => [`${point.service} ${JSON.stringify(point.attributes)}`, point]),
    );
    for (const service of SERVICES) {
      const spans = sink.spans.filter((span) => span.service === service && span.kind === KIND.SERVER);
      const series = [...latest.values()].filter((point) => point.service === service);
      const failing = series.filter((point) => "error.type" in point.attributes);
      expect(total(series, "count")).toBe(REQUESTS);
      expect(total(failing, "count")).toBe(traces.filter(isFailing).length);
      expect(total(series, "sum")).toBeCloseTo(spans.reduce((sum, span) => sum + secondsOf(span), 0));
    }
    for (const { unit, temporality, bounds } of durations) {
      expect({ unit, temporality, first: bounds?.[0], last: bounds?.at(-1) }).toEqual({
        unit: "s",
        temporality: CUMULATIVE,
        first: 0.005,
        last: 10,
      });
    }
  });

  it("counts the requests in flight, and that none is left at the end", () => {
    const active = sink.points.filter(({ metric }) => metric === "http.server.active_requests");
    expect(new Set(active.map((point) => point.service)).size).toBe(3);
    expect(active.every(({ unit }) => unit === "{request}")).toBe(true);
    expect(total(active.slice(-6), "value")).toBe(0);
  });

  it("counts orders and what they earn, by tier, payment method and outcome alone", () => {
    const tried = traces.filter((trace) => rootOf(trace).name === "POST /orders");
    const placed = tried.filter((trace) => !isFailing(trace));
    const last = (metric: string, outcome?: string) => {
      const points = sink.points.filter((point) => point.metric === metric);
      const latest = new Map(points.map((point) => [JSON.stringify(point.attributes), point]));
      return [...latest.values()].filter(({ attributes }) => attributes["order.outcome"] === outcome);
    };
    expect(total(last("shop.orders", "placed"), "value")).toBe(placed.length);
    expect(total(last("shop.orders", "failed"), "value")).toBe(tried.length - placed.length);
    const values = placed.map((trace) => Number(rootOf(trace).attributes["order.value"]));
    expect(total(last("shop.revenue"), "value")).toBeCloseTo(values.reduce((sum, value) => sum + value, 0));
    for (const { service, unit, attributes } of last("shop.revenue")) {
      expect({ service, unit, names: Object.keys(attributes).sort() }).toEqual({
        service: "order-service",
        unit: "{USD}",
        names: ["customer.tier", "payment.method"],
      });
    }
  });
});
