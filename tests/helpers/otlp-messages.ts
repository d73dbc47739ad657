import * as protobuf from "protobufjs";

/** As much of OTLP's protocol buffers as the tests look at. */
const OTLP = protobuf.parse(`
  syntax = "proto3";
  message AnyValue { oneof value {
    string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message Status { string message = 2; int32 code = 3; }
  message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; fixed32 flags = 16; string name = 5;
    int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9; repeated Event events = 11; Status status = 15;
  }
  message ScopeSpans { repeated Span spans = 2; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message TracesRequest { repeated ResourceSpans resource_spans = 1; }
  message LogRecord {
    fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3; AnyValue body = 5;
    repeated KeyValue attributes = 6; bytes trace_id = 9; bytes span_id = 10;
  }
  message ScopeLogs { repeated LogRecord log_records = 2; }
  message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
  message LogsRequest { repeated ResourceLogs resource_logs = 1; }
  message NumberPoint { repeated KeyValue attributes = 7; double as_double = 4; sfixed64 as_int = 6; }
  message HistogramPoint {
    repeated KeyValue attributes = 9; fixed64 count = 4; double sum = 5; repeated double explicit_bounds = 7; }
  message Sum { repeated NumberPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
  message Histogram { repeated HistogramPoint data_points = 1; int32 aggregation_temporality = 2; }
  message Metric { string name = 1; string unit = 3; Sum sum = 7; Histogram histogram = 9; }
  message ScopeMetrics { repeated Metric metrics = 2; }
  message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
  message MetricsRequest { repeated ResourceMetrics resource_metrics = 1; }
  message PartialSuccess { int64 rejected = 1; string error_message = 2; }
  message Response { PartialSuccess partial_success = 1; }
`).root;

type Plain = Record<string, unknown>;
export type Attributes = Record<string, string | number | boolean>;
export type Signal = "traces" | "logs" | "metrics";

export interface SinkSpan {
  resource: Attributes;
  service: string;
  traceId: string;
  spanId: string;
  parentId: string | undefined;
  name: string;
  kind: number;
  start: bigint;
  end: bigint;
  attributes: Attributes;
  events: { name: string; attributes: Attributes }[];
  status: { code?: number; message?: string };
}

export interface SinkLog {
  service: string;
  traceId: string;
  spanId: string;
  time: bigint;
  severity: string;
  body: string;
  attributes: Attributes;
}

export interface SinkPoint {
  service: string;
  metric: string;
  unit: string;
  temporality: number;
  attributes: Attributes;
  count: number | undefined;
  sum: number | undefined;
  /** Of a counter. */
  value: number | undefined;
  bounds: number[] | undefined;
}

/** The spans of an export request. */
export function readSpans(body: Buffer): SinkSpan[] {
  return list(decode("TracesRequest", body).resourceSpans).flatMap((group) => {
    const resource = attributesOf((group.resource as Plain).attributes);
    return inScopes(group.scopeSpans, "spans").map((span) => ({
      resource,
      service: String(resource["service.name"]),
      traceId: String(span.traceId),
      spanId: String(span.spanId),
      parentId: (span.parentSpanId as string | undefined) || undefined,
      name: String(span.name),
      kind: Number(span.kind),
      start: BigInt(span.startTimeUnixNano as string),
      end: BigInt(span.endTimeUnixNano as string),
      attributes: attributesOf(span.attributes),
      events: list(span.events).map((event) => ({
        name: String(event.name),
        attributes: attributesOf(event.attributes),
      })),
      status: span.status ?? {},
    }));
  });
}

/** Its log records. */
export function readLogs(body: Buffer): SinkLog[] {
  return list(decode("LogsRequest", body).resourceLogs).flatMap((group) => {
    const resource = attributesOf((group.resource as Plain).attributes);
    return inScopes(group.scopeLogs, "logRecords").map((log) => ({
      service: String(resource["service.name"]),
      traceId: String(log.traceId),
      spanId: String(log.spanId),
      time: BigInt(log.timeUnixNano as string),
      severity: String(log.severityText),
      body: String((log.body as Plain).stringValue),
      attributes: attributesOf(log.attributes),
    }));
  });
}

/** Its metric points. */
export function readPoints(body: Buffer): SinkPoint[] {
  return list(decode("MetricsRequest", body).resourceMetrics).flatMap((group) => {
    const resource = attributesOf((group.resource as Plain).attributes);
    return inScopes(group.scopeMetrics, "metrics").flatMap((metric) => {
      const data = (metric.sum ?? metric.histogram) as Plain;
      return list(data.dataPoints).map((point) => ({
        service: String(resource["service.name"]),
        metric: String(metric.name),
        unit: String(metric.unit),
        temporality: Number(data.aggregationTemporality),
        attributes: attributesOf(point.attributes),
        count: optionalNumber(point.count),
        sum: point.sum as number | undefined,
        value: point.asDouble === undefined ? optionalNumber(point.asInt) : Number(point.asDouble),
        bounds: point.explicitBounds as number[] | undefined,
      }));
    });
  });
}

/** The body of an answer, which may reject some items. */
export function writeAnswer(partialSuccess?: { rejected: number; errorMessage: string }): Buffer {
  return Buffer.from(OTLP.lookupType("Response").encode({ partialSuccess }).finish());
}

function decode(type: string, body: Buffer): Plain {
  const message = OTLP.lookupType(type);
  return message.toObject(message.decode(body), { longs: String, bytes: String });
}

function optionalNumber(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function inScopes(scopes: unknown, items: string): Plain[] {
  return list(scopes).flatMap((scope) => list(scope[items]));
}

function list(value: unknown): Plain[] {
  return (value ?? []) as Plain[];
}

function attributesOf(pairs: unknown): Attributes {
  return Object.fromEntries(
    list(pairs).map(({ key, value }) => {
      const { intValue, ...other } = value as Plain;
      return [String(key), intValue === undefined ? Object.values(other)[0] : Number(intValue)];
    }),
  ) as Attributes;
}
