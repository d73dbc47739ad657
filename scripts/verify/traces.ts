import type { Grafana } from "../lib/grafana";
import { jsonOf } from "../lib/query/answers";
import type { Range } from "../lib/query/range";

/** A span as links and correlation see it. */
export interface Span {
  traceId: string;
  spanId: string;
  name: string;
  /** `service.name` of its resource. */
  service: string;
  /** OTLP's name, e.g. `SPAN_KIND_SERVER`. */
  kind: string;
  range: Range;
  /** Attributes of the span and its resource. */
  tags: Record<string, string>;
}

/** Ids of traces that a TraceQL query finds. @throws Error with what was answered instead */
export async function searchTraces(
  grafana: Grafana,
  uid: string,
  query: string,
  range: Range,
  limit: number,
): Promise<string[]> {
  const params = { q: query, ...wholeSeconds(range), limit: String(limit) };
  const answer = await grafana.ask(uid, "/api/search", params);
  const { traces } = jsonOf<{ traces?: { traceID: string }[] }>(answer);
  // Tempo leaves zeros at the beginning away.
  return (traces ?? []).map(({ traceID }) => traceID.padStart(32, "0"));
}

/** How many spans a TraceQL query finds. @throws Error with what was answered instead */
export async function countSpans(
  grafana: Grafana,
  uid: string,
  query: string,
  range: Range,
): Promise<number> {
  const params = { q: `${query} | count_over_time()`, ...wholeSeconds(range) };
  const answer = await grafana.ask(uid, "/api/metrics/query", params);
  const { series = [] } = jsonOf<{ series?: { value?: number }[] }>(answer);
  return series.reduce((sum, { value = 0 }) => sum + value, 0);
}

/** Whether a TraceQL query makes series of what it finds, rather than telling the traces. */
export function countsSpans(query: string): boolean {
  return /\|\s*(rate|compare|\w+_over_time)\(/.test(query);
}

/** The series that a TraceQL query makes of spans, without those at 0. @throws Error with what was answered instead */
export async function spanSeries(
  grafana: Grafana,
  uid: string,
  query: string,
  range: Range,
): Promise<object[]> {
  const params = { q: query, ...wholeSeconds(range) }; // without a step, which Tempo then chooses by the range
  const answer = await grafana.ask(uid, "/api/metrics/query_range", params);
  const { series = [] } = jsonOf<{ series?: { samples?: { value?: number }[] }[] }>(answer);
  return series.filter(({ samples = [] }) => samples.some(({ value = 0 }) => value > 0));
}

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: string; doubleValue?: number; boolValue?: boolean };
}

/** OTLP's JSON as Tempo writes it, with ids in base64. */
interface Trace {
  batches?: {
    resource?: { attributes?: Attribute[] };
    scopeSpans?: {
      spans?: {
        traceId: string;
        spanId: string;
        name: string;
        kind?: string;
        startTimeUnixNano: string;
        endTimeUnixNano: string;
        attributes?: Attribute[];
      }[];
    }[];
  }[];
}

/** The spans of a trace; none: there is no such trace. @throws Error with what was answered instead */
export async function spansOf(grafana: Grafana, uid: string, traceId: string): Promise<Span[]> {
  const answer = await grafana.ask(uid, `/api/traces/${encodeURIComponent(traceId)}`);
  return answer.status === 404 ? [] : readSpans(jsonOf<Trace>(answer));
}

function readSpans({ batches = [] }: Trace): Span[] {
  return batches.flatMap(({ resource, scopeSpans = [] }) => {
    const own = tagsOf(resource?.attributes);
    return scopeSpans
      .flatMap(({ spans = [] }) => spans)
      .map(({ traceId, spanId, name, kind = "", startTimeUnixNano, endTimeUnixNano, attributes }) => ({
        traceId: hex(traceId),
        spanId: hex(spanId),
        name,
        service: own["service.name"] ?? "",
        kind,
        range: { fromMs: Number(startTimeUnixNano) / 1e6, toMs: Number(endTimeUnixNano) / 1e6 },
        tags: { ...own, ...tagsOf(attributes) },
      }));
  });
}

function tagsOf(attributes: Attribute[] = []): Record<string, string> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      String(value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue ?? ""),
    ]),
  );
}

function hex(base64: string): string {
  return Buffer.from(base64, "base64").toString("hex");
}

function wholeSeconds({ fromMs, toMs }: Range): { start: string; end: string } {
  return { start: String(Math.floor(fromMs / 1000)), end: String(Math.ceil(toMs / 1000)) };
}
