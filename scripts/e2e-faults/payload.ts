import { OTLP, REQUEST, type Signal } from "../lib/otlp";
import {
  COUNTER,
  GAUGE,
  LANES,
  line,
  PER_REQUEST,
  REQUESTS_PER_TRACE,
  SERVICE,
  spanId,
  traceId,
} from "./numbers";

/** Requests that go out together. */
export interface Batch {
  run: string;
  /** Number of the first. */
  from: number;
  /** When each was made, in microseconds since 1970; they increase. */
  timesUs: number[];
}

/** What makes the first item of a batch a large one. */
export interface Bulk {
  spanAttributes?: Record<string, string>;
  /** What its log line goes on with. */
  text?: string;
}

const CUMULATIVE = 2;
const MICROSECOND_NS = 1_000n;
/** What a span of the load generator's carries, more or less. */
const SPAN_ATTRIBUTES = attributes({
  "http.request.method": "POST",
  "http.route": "/orders/{id}",
  "http.response.status_code": "201",
  "server.address": "orders.shop.example",
  "url.path": "/orders/4711",
  "user_agent.original": "watchtower-faults/1.0 (numbered)",
});

const LOG_ATTRIBUTES = attributes({ "http.route": "/orders/{id}", "code.function.name": "Orders.accept" });

/** The export request of one signal, as protocol buffers. */
export function payload(signal: Signal, batch: Batch, bulk: Bulk = {}): Buffer {
  const type = OTLP.lookupType(REQUEST[signal]);
  return Buffer.from(type.encode(type.create(MESSAGE[signal](batch, bulk))).finish());
}

const MESSAGE: Record<Signal, (batch: Batch, bulk: Bulk) => object> = {
  traces: (batch, { spanAttributes = {} }) => {
    const spans = numbers(batch, "traces").map(({ number, request, timeUs }, k) => ({
      traceId: traceId(batch.run, Math.floor(request / REQUESTS_PER_TRACE)),
      spanId: spanId(batch.run, number),
      name: "POST /orders/{id}",
      kind: 2,
      startTimeUnixNano: nanoseconds(timeUs - 20_000),
      endTimeUnixNano: nanoseconds(timeUs),
      attributes: k === 0 ? [...SPAN_ATTRIBUTES, ...attributes(spanAttributes)] : SPAN_ATTRIBUTES,
    }));
    return { resourceSpans: [{ resource: resource({}), scopeSpans: [{ spans }] }] };
  },
  logs: (batch, { text = "" }) => {
    const logRecords = numbers(batch, "logs").map(({ number, i, timeUs }, k) => ({
      timeUnixNano: nanoseconds(timeUs, i), // no two of a stream have the same, or paging through them would lose some
      severityNumber: 9,
      severityText: "INFO",
      body: { stringValue: line(batch.run, number) + (k === 0 ? text : "") },
      attributes: LOG_ATTRIBUTES,
    }));
    // A stream of its own for each run, so that one query finds no other's.
    return {
      resourceLogs: [{ resource: resource({ "service.namespace": batch.run }), scopeLogs: [{ logRecords }] }],
    };
  },
  // One point a metric: Mimir counts metrics, where it tells OTLP's from others, and not points.
  metrics: (batch) => {
    const metrics = numbers(batch, "metrics").map(({ number, request, i, timeUs }) => {
      const point = {
        attributes: attributes({ run: batch.run, point: String(i), lane: String(request % LANES) }),
        timeUnixNano: nanoseconds(timeUs),
        asInt: { low: number, high: 0 },
      };
      return i % 2 === 0
        ? { name: GAUGE, gauge: { dataPoints: [point] } }
        : {
            name: COUNTER,
            sum: { dataPoints: [point], aggregationTemporality: CUMULATIVE, isMonotonic: true },
          };
    });
    return { resourceMetrics: [{ resource: resource({}), scopeMetrics: [{ metrics }] }] };
  },
};

/** Each item of a batch: its number, its request, its place in that, its time. */
function numbers({ from, timesUs }: Batch, signal: Signal) {
  const each = PER_REQUEST[signal];
  return timesUs.flatMap((timeUs, k) =>
    Array.from({ length: each }, (_, i) => ({
      number: (from + k) * each + i,
      request: from + k,
      i,
      timeUs,
    })),
  );
}

/** No more than names it: of a resource that says more, Mimir would make samples of its own (target_info). */
function resource(more: Record<string, string>) {
  return { attributes: attributes({ "service.name": SERVICE, ...more }) };
}

function attributes(values: Record<string, string>) {
  return Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }));
}

/** 64 bits, as protobufjs takes them. */
function nanoseconds(us: number, more = 0): { low: number; high: number } {
  const ns = BigInt(us) * MICROSECOND_NS + BigInt(more);
  return { low: Number(ns & 0xffff_ffffn), high: Number(ns >> 32n) };
}
