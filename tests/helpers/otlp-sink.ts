import * as grpc from "@grpc/grpc-js";
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
type Attributes = Record<string, string | number | boolean>;
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
  bounds: number[] | undefined;
}

/** What the sink says to one export; nothing means that it took everything. */
export type Answer =
  { code: grpc.status; retryInfo?: string } | { rejected: number; reason: string } | "silence" | undefined;

/** An OTLP gRPC receiver in the test's own process that remembers what it took. */
export class OtlpSink {
  readonly spans: SinkSpan[] = [];
  readonly logs: SinkLog[] = [];
  readonly points: SinkPoint[] = [];
  /** How to answer an export of so many items; an empty one is the load generator asking whether we are here. */
  answer: (signal: Signal, items: number) => Answer = () => undefined;

  private constructor(
    private readonly server: grpc.Server,
    readonly address: string,
  ) {}

  static async start(): Promise<OtlpSink> {
    const server = new grpc.Server();
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const sink = new OtlpSink(server, `127.0.0.1:${port}`);
    sink.serve("traces", "trace.v1.TraceService", (body) => readSpans(body), sink.spans);
    sink.serve("logs", "logs.v1.LogsService", (body) => readLogs(body), sink.logs);
    sink.serve("metrics", "metrics.v1.MetricsService", (body) => readPoints(body), sink.points);
    return sink;
  }

  stop(): void {
    this.server.forceShutdown();
  }

  private serve<T>(signal: Signal, service: string, read: (body: Buffer) => T[], taken: T[]): void {
    const same = (bytes: Buffer) => bytes;
    this.server.addService(
      {
        export: {
          path: `/opentelemetry.proto.collector.${service}/Export`,
          requestStream: false,
          responseStream: false,
          requestSerialize: same,
          requestDeserialize: same,
          responseSerialize: same,
          responseDeserialize: same,
        },
      },
      {
        export: (call: grpc.ServerUnaryCall<Buffer, Buffer>, reply: grpc.sendUnaryData<Buffer>) => {
          const items = read(call.request);
          const answer = this.answer(signal, items.length);
          if (answer === "silence") return;
          if (answer && "code" in answer) {
            const metadata = new grpc.Metadata();
            if (answer.retryInfo) metadata.set("grpc-status-details-bin", Buffer.from(answer.retryInfo));
            return reply({ code: answer.code, details: "the sink says no", metadata });
          }
          taken.push(...items.slice(answer?.rejected ?? 0));
          const partialSuccess = answer && { rejected: answer.rejected, errorMessage: answer.reason };
          reply(null, Buffer.from(OTLP.lookupType("Response").encode({ partialSuccess }).finish()));
        },
      },
    );
  }
}

function readSpans(body: Buffer): SinkSpan[] {
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

function readLogs(body: Buffer): SinkLog[] {
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

function readPoints(body: Buffer): SinkPoint[] {
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
        count: point.count === undefined ? undefined : Number(point.count),
        sum: point.sum as number | undefined,
        bounds: point.explicitBounds as number[] | undefined,
      }));
    });
  });
}

function decode(type: string, body: Buffer): Plain {
  const message = OTLP.lookupType(type);
  return message.toObject(message.decode(body), { longs: String, bytes: String });
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
