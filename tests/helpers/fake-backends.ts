import type { FakeAnswer, FakeRequest } from "./fake-http";
import type { SinkSpan } from "./otlp-sink";

type Pairs = { key: string; value: { stringValue: string } }[];

/** OTLP's JSON, as much of it as the fakes look at. */
export interface LogsRequest {
  resourceLogs: {
    resource: { attributes: Pairs };
    scopeLogs: { logRecords: { timeUnixNano: string; traceId: string; body: { stringValue: string } }[] }[];
  }[];
}
export interface MetricsRequest {
  resourceMetrics: {
    resource: { attributes: Pairs };
    scopeMetrics: {
      metrics: {
        name: string;
        gauge: { dataPoints: { timeUnixNano: string; asInt: string; attributes: Pairs }[] };
      }[];
    }[];
  }[];
}

/** Answers as Tempo's `/api/traces/<id>` does: ids in base64, 404 for one it does not know. */
export function tempo({ path }: FakeRequest, spans: SinkSpan[]): FakeAnswer {
  const id = Buffer.from(path.split("/").pop() ?? "", "hex").toString("base64");
  const found = spans.filter(({ traceId }) => traceId === id);
  if (found.length === 0) return { status: 404, type: "text/plain", body: "trace not found" };
  const own = found.map(({ traceId, name, attributes }) => ({
    traceId,
    name,
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
  }));
  return { body: JSON.stringify({ batches: [{ scopeSpans: [{ spans: own }] }] }) };
}

/** Answers as Loki's query_range does, to `{service_name="…"} | trace_id="…"` within start and end. */
export function loki({ query }: FakeRequest, requests: LogsRequest[]): FakeAnswer {
  const [, service, id] =
    /^\{service_name="([^"]+)"\} \| trace_id="(\w+)"$/.exec(query.get("query") ?? "") ?? [];
  const [start, end] = [BigInt(query.get("start") ?? 0), BigInt(query.get("end") ?? 0)];
  const result = requests
    .flatMap(({ resourceLogs }) => resourceLogs)
    .filter(({ resource }) => attribute(resource.attributes, "service.name") === service)
    .flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords))
    .filter(({ traceId }) => traceId === id)
    .filter(({ timeUnixNano }) => start <= BigInt(timeUnixNano) && BigInt(timeUnixNano) <= end)
    .map((record) => ({
      stream: { service_name: service },
      values: [[record.timeUnixNano, record.body.stringValue]],
    }));
  return { body: JSON.stringify({ status: "success", data: { resultType: "streams", result } }) };
}

/** Answers as Mimir's instant query does, to `name{label="value"}`. */
export function mimir({ query }: FakeRequest, requests: MetricsRequest[]): FakeAnswer {
  const [, name, label, value] = /^(\w+)\{(\w+)="(\w+)"\}$/.exec(query.get("query") ?? "") ?? [];
  const result = requests
    .flatMap(({ resourceMetrics }) => resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics))
    .flatMap(({ metrics }) => metrics.filter((metric) => metric.name === name))
    .flatMap(({ gauge }) => gauge.dataPoints)
    .filter(({ attributes }) => attribute(attributes, label ?? "") === value)
    .map((point) => ({ metric: { __name__: name }, value: [Date.now() / 1000, point.asInt] }));
  return { body: JSON.stringify({ status: "success", data: { resultType: "vector", result } }) };
}

function attribute(pairs: Pairs, key: string): string | undefined {
  return pairs.find((pair) => pair.key === key)?.value.stringValue;
}
