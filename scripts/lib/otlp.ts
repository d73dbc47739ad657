import * as protobuf from "protobufjs";

/** OTLP's signals, as its paths name them. */
export const SIGNALS = ["traces", "logs", "metrics"] as const;
export type Signal = (typeof SIGNALS)[number];

/** The message that an export of each signal is. */
export const REQUEST = {
  traces: "TracesRequest",
  logs: "LogsRequest",
  metrics: "MetricsRequest",
} satisfies Record<Signal, string>;

/** The gRPC method that takes it. */
export const METHOD = {
  traces: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
  logs: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
  metrics: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
} satisfies Record<Signal, string>;

/** As much of OTLP's protocol buffers as we write or read by ourselves (opentelemetry-proto 1.x). */
export const OTLP = protobuf.parse(`
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
  message NumberPoint {
    repeated KeyValue attributes = 7; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3;
    double as_double = 4; sfixed64 as_int = 6;
  }
  message HistogramPoint {
    repeated KeyValue attributes = 9; fixed64 count = 4; double sum = 5; repeated double explicit_bounds = 7; }
  message Gauge { repeated NumberPoint data_points = 1; }
  message Sum { repeated NumberPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
  message Histogram { repeated HistogramPoint data_points = 1; int32 aggregation_temporality = 2; }
  message Metric { string name = 1; string unit = 3; Gauge gauge = 5; Sum sum = 7; Histogram histogram = 9; }
  message ScopeMetrics { repeated Metric metrics = 2; }
  message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
  message MetricsRequest { repeated ResourceMetrics resource_metrics = 1; }
  message PartialSuccess { int64 rejected = 1; string error_message = 2; }
  message Response { PartialSuccess partial_success = 1; }
`).root;

/** The body of an answer, which may reject some items. */
export function writeAnswer(partialSuccess?: { rejected: number; errorMessage: string }): Buffer {
  return Buffer.from(OTLP.lookupType("Response").encode({ partialSuccess }).finish());
}

/** How many items an answer rejects, and why; undefined: none, or it is no answer of OTLP's. */
export function readRejection(body: Uint8Array): string | undefined {
  const { partialSuccess } = OTLP.lookupType("Response").decode(body) as {
    partialSuccess?: { rejected?: unknown; errorMessage?: string };
  };
  const rejected = Number(partialSuccess?.rejected ?? 0);
  return rejected > 0 ? `${rejected} rejected: ${partialSuccess?.errorMessage}` : undefined;
}
