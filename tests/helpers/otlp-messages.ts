import { OTLP } from "../../scripts/lib/otlp";

export { type Signal, writeAnswer } from "../../scripts/lib/otlp";

type Plain = Record<string, unknown>;
export type Attributes = Record<string, string | number | boolean>;

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
