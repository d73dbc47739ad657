import { OWN_METRICS } from "../../alloy/own-metrics";
import { dashboards } from "../../dashboards";
import { SERVICES } from "../../loadgen/plan";
import type { StartLoad } from "../../scripts/lib/load";
import { datasources } from "../../values/datasources";
import { type Component, COMPONENTS } from "../../versions";
import type { FakeAnswer, FakeRequest } from "./fake-http";
import { faultIn, metricsOf } from "./queries";

const SENT = 40;
const METRICS = [
  ...OWN_METRICS,
  "traces_spanmetrics_calls_total",
  "traces_spanmetrics_latency_bucket",
  "traces_service_graph_request_total",
  "traces_service_graph_request_failed_total",
  "traces_service_graph_request_server_seconds_sum",
  "traces_service_graph_request_server_seconds_bucket",
  "http_server_request_duration_seconds_bucket",
  "http_server_request_duration_seconds_count",
  "http_server_active_requests",
  "shop_revenue_total",
  "target_info",
];

/** What counters had counted before the load. */
const EARLIER = 1_000;

/** Points of a series that Loki answers at most, be it asked for lines or not. */
const MOST_POINTS = 11_000;

/** How the uid of a dashboard begins that did not come with Grafana. */
export const PERSONS = "persons-";

/** Counters that are asked for as they are, to count requests by. */
const COUNTERS = /^(last_over_time\()?(traces_spanmetrics_calls|http_server_request_duration_seconds_count)/;

/** The grammar does not know this name; Tempo does. */
const NO_PARENT = " && nestedSetParent < 0";

/** A log line of one of the load's services. */
interface WorldLine {
  service: string;
  traceId?: string;
  failed: boolean;
}

/** What a load has left in a Grafana of ours: consistent, until a test takes something away. */
export class FakeWorld {
  readonly dashboards: Record<string, string>;
  readonly sources: ReturnType<typeof datasources>;
  readonly requests = Array.from({ length: SENT }, (_, i) => ({
    traceId: i.toString(16).padStart(32, "a"),
    failed: i % 10 === 0,
  }));
  readonly lines: WorldLine[] = this.requests.flatMap(({ traceId, failed }) =>
    SERVICES.map((service) => ({ service, traceId, failed })),
  );
  /** Ids that exemplars carry. */
  exemplars = this.requests.slice(0, 3).map(({ traceId }) => traceId);
  /** What the span metrics have counted of it. */
  counted = { requests: SENT, failed: SENT / 10 };
  services: string[] = [...SERVICES];
  /** Queries that have no data. */
  empty = (_query: string, _over: URLSearchParams): boolean => false;
  readonly asked: string[] = [];

  constructor(components: readonly Component[] = COMPONENTS) {
    this.dashboards = dashboards(new Set(components));
    this.sources = datasources(new Set(components));
  }

  /** Takes the other dashboards away, for a test that needs but one. */
  keepOnly(file: string): void {
    for (const other of Object.keys(this.dashboards)) if (other !== file) delete this.dashboards[other];
  }

  /** The load generator that sent it. */
  readonly startLoad: StartLoad = (_otlp, { rate }) => ({
    begun: Promise.resolve(),
    ended: Promise.resolve({
      requests: { made: SENT, failing: SENT / 10 },
      rate: { asked: rate, held: rate, isHeld: true },
      delivered: true,
    }),
    stop: () => undefined,
  });

  /** In place of the fake stack's answers; undefined: as the fake stack has it. */
  answer = (uid: string, { path, query }: FakeRequest): FakeAnswer => {
    if (uid === "") return this.grafana(path);
    const own = path.replace(`/api/datasources/proxy/uid/${uid}`, "");
    const text = query.get("query") ?? query.get("q") ?? query.get("match[]") ?? "";
    if (/watchtower-verify|watchtower_verify/.test(text)) return undefined;
    this.asked.push(text);
    if (!this.sources.some((source) => source.uid === uid))
      return { status: 404, body: '{"message":"none"}' };
    if (uid === "tempo") return this.tempo(own, text, query);
    return uid === "loki" ? this.loki(own, text, query) : this.mimir(own, text, query);
  };

  private grafana(path: string): FakeAnswer {
    const all = Object.values(this.dashboards).map((text) => JSON.parse(text) as { uid: string });
    if (path === "/api/search") return json(all.map(({ uid }) => ({ uid })));
    if (path === "/api/datasources") return json(this.sources);
    const dashboard = all.find(({ uid }) => path === `/api/dashboards/uid/${uid}`);
    return dashboard && json({ dashboard, meta: { provisioned: !dashboard.uid.startsWith(PERSONS) } });
  }

  private mimir(path: string, text: string, query: URLSearchParams): FakeAnswer {
    if (path.includes("/label/")) return json({ data: this.services });
    if (!path.startsWith("/api/v1/")) return { status: 404, body: "404 page not found" };
    const fault = faultIn("prometheus", text);
    if (fault)
      return { status: 400, body: JSON.stringify({ status: "error", error: `parse error: ${fault}` }) };
    const known = metricsOf(text).every((name) => METRICS.includes(name)) && !this.empty(text, query);
    if (path.endsWith("query_exemplars")) {
      const exemplars = this.exemplars.map((trace_id, timestamp) => ({ labels: { trace_id }, timestamp }));
      return json({ data: known ? [{ exemplars }] : [] });
    }
    if (COUNTERS.test(text)) {
      const { requests, failed } = text.startsWith("last_over_time")
        ? this.counted
        : { requests: 0, failed: 0 };
      const series = [
        [{ status_code: "STATUS_CODE_ERROR", http_response_status_code: "502" }, failed],
        [{ status_code: "STATUS_CODE_UNSET", http_response_status_code: "200" }, requests - failed],
      ] as const;
      return vector(series.map(([metric, value]) => ({ metric, value: [0, String(EARLIER + value)] })));
    }
    const found = known ? [{ metric: {}, value: [0, "1"], values: [[query.get("end"), "1"]] }] : [];
    return vector(found);
  }

  private loki(path: string, text: string, query: URLSearchParams): FakeAnswer {
    if (path.includes("/label/")) return json({ data: this.services });
    if (!path.startsWith("/loki/")) return { status: 404, body: "404 page not found" };
    const fault = faultIn("loki", text);
    if (fault) return { status: 400, body: `parse error: ${fault}` };
    const [start, end] = ["start", "end"].map((name) => Number(query.get(name)) / 1e9);
    if (end! - start! > MOST_POINTS * parseInt(query.get("step") ?? "1"))
      return { status: 400, body: "exceeded maximum resolution of 11,000 points per time series" };
    const [, service] = /service_name="([\w-]+)"/.exec(text) ?? [];
    const [, id] = /trace_id ?= ?"(\w*)"/.exec(text) ?? [];
    const [, status] = /http_response_status_code=~"([^"]+)"/.exec(text) ?? [];
    const limit = Number(query.get("limit"));
    const isEmpty = this.empty(text, query);
    const [, services = ".+"] = /service_name=~"([^"]+)"/.exec(text) ?? [];
    const found = this.lines.filter(
      (line) =>
        !isEmpty &&
        new RegExp(`^(${service ?? services})$`).test(line.service) &&
        (id === undefined || (line.traceId ?? "") === id) &&
        (status !== "5.." || line.failed),
    );
    if (!/count_over_time/.test(text))
      return json({ data: { resultType: "streams", result: found.slice(0, limit).map(stream) } });
    if (path.endsWith("query_range"))
      return json({
        data: { resultType: "matrix", result: found.length > 0 ? [{ values: [[0, "1"]] }] : [] },
      });
    const by = [...new Set(found.map((line) => line.service))].map((one) => ({
      metric: { service_name: one },
      value: [query.get("time"), String(found.filter((line) => line.service === one).length)],
    }));
    return vector(by);
  }

  private tempo(path: string, text: string, query: URLSearchParams): FakeAnswer {
    const fault = path.startsWith("/api/traces/") ? undefined : faultIn("tempo", text.replace(NO_PARENT, ""));
    if (fault) return { status: 400, body: `invalid TraceQL query: ${fault}` };
    if (path === "/api/search")
      return json({
        traces: this.empty(text, query)
          ? []
          : this.requests.slice(0, 5).map(({ traceId }) => ({ traceID: traceId })),
      });
    if (path === "/api/metrics/query_range")
      return json({ series: [{ samples: [{ timestampMs: "0", value: this.empty(text, query) ? 0 : 1 }] }] });
    if (path === "/api/metrics/query") {
      const found = this.requests.filter(({ failed }) => failed || !text.includes("status = error"));
      return json({ series: [{ value: found.length }] });
    }
    const request = this.requests.find(({ traceId }) => path === `/api/traces/${traceId}`);
    return request && json(trace(request.traceId));
  }
}

function json(value: unknown): FakeAnswer {
  return { body: JSON.stringify(value) };
}

function vector(result: unknown[]): FakeAnswer {
  return json({ status: "success", data: { resultType: "vector", result } });
}

function stream({ service, traceId }: WorldLine) {
  const labels = { service_name: service, ...(traceId && { trace_id: traceId }) };
  return { stream: labels, values: [[`${Date.now()}000000`, `a line of ${service}`]] };
}

/** As Tempo writes it: ids in base64. */
function trace(id: string) {
  const traceId = Buffer.from(id, "hex").toString("base64");
  const [startTimeUnixNano, endTimeUnixNano] = [`${Date.now()}000000`, `${Date.now()}000000`];
  return {
    batches: SERVICES.map((service) => ({
      resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] },
      scopeSpans: [
        {
          spans: [
            {
              ...{ traceId, spanId: "AAAAAAAAAAE=", name: `GET of ${service}`, kind: "SPAN_KIND_SERVER" },
              ...{ startTimeUnixNano, endTimeUnixNano },
              attributes: [{ key: "http.response.status_code", value: { intValue: "200" } }],
            },
          ],
        },
      ],
    })),
  };
}
