import type { Ask, Said } from "../../scripts/e2e-faults/finders";
import type { Part } from "../../scripts/e2e-faults/kube";
import { COUNTERS, type CounterName } from "../../scripts/e2e-faults/meter";
import { PER_REQUEST } from "../../scripts/e2e-faults/numbers";
import { readNumbers } from "../../scripts/e2e-faults/read-numbers";
import { OTLP, type Signal } from "../../scripts/lib/otlp";

type Span = { traceId: Uint8Array };
type LogRecord = { timeUnixNano: { toString(): string }; body: { stringValue: string } };

/** Lines that Loki answers with at most, unless it is told otherwise. */
const LOKI_PAGE = 5_000;

/** Tempo, Loki and Mimir as far as numbered telemetry is taken, counted and asked for. */
export class NumberedBackends {
  /** Requests of a signal, counted from 0, that are counted but not kept. */
  readonly loses = new Map<Signal, Set<number>>();
  private readonly traces = new Map<string, Span[]>();
  private readonly lines: { time: bigint; text: string }[] = [];
  private readonly samples: { time: number; value: number }[] = [];
  private readonly counted: Partial<Record<CounterName, number>> = {};
  /** Grows whenever a program is started anew. */
  startedAt = 1;

  /** Takes the body of an export request. */
  take(signal: Signal, body: Buffer): void {
    const numbers = readNumbers(signal, body);
    this.count(`received ${signal}`, numbers.length);
    const lost = this.loses.get(signal) ?? new Set();
    const isLost = (i: number) => lost.has(Math.floor(numbers[i]!.number / PER_REQUEST[signal]));
    if (signal === "traces") this.keepSpans(body, isLost);
    if (signal === "logs") this.keepLines(body, isLost);
    if (signal === "metrics") this.keepSamples(body, isLost);
  }

  /** As if what Mimir has taken so far had been nowhere but in its ingester. */
  loseSamples(): void {
    this.samples.length = 0;
  }

  count(name: CounterName, items: number): void {
    this.counted[name] = (this.counted[name] ?? 0) + items;
  }

  /** Counts from 0, as after a restart. */
  startAnew(part: Part): void {
    this.startedAt++;
    for (const [name, counter] of Object.entries(COUNTERS))
      if (counter.part === part) delete this.counted[name as CounterName];
  }

  readonly page = (part: Part): Promise<string> => {
    const series = Object.entries(COUNTERS)
      .filter(([, counter]) => counter.part === part)
      .map(([name, counter]) => {
        const labels = "labels" in counter ? Object.entries(counter.labels) : [];
        const shown = labels.map(([key, value]) => `${key}="${value}"`).join(",");
        return `${counter.metric}{${shown}} ${this.counted[name as CounterName] ?? 0}`;
      });
    return Promise.resolve([`process_start_time_seconds ${this.startedAt}`, ...series].join("\n"));
  };

  readonly ask: Ask = (service, path) => {
    const { pathname, searchParams } = new URL(path, "http://fake");
    if (service === "tempo:3200") return answer(...this.trace(pathname.split("/").pop()!));
    if (service === "loki:3100") return answer(200, JSON.stringify(this.logs(searchParams)));
    return answer(200, JSON.stringify(this.matrix(searchParams)));
  };

  private keepSpans(body: Buffer, isLost: (i: number) => boolean): void {
    const { resourceSpans } = OTLP.lookupType("TracesRequest").decode(body) as unknown as {
      resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
    };
    const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    spans.forEach((span, i) => {
      const id = Buffer.from(span.traceId).toString("hex");
      if (!isLost(i)) this.traces.set(id, [...(this.traces.get(id) ?? []), span]);
    });
  }

  private keepLines(body: Buffer, isLost: (i: number) => boolean): void {
    const { resourceLogs } = OTLP.lookupType("LogsRequest").decode(body) as unknown as {
      resourceLogs: { scopeLogs: { logRecords: LogRecord[] }[] }[];
    };
    const records = resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap((scope) => scope.logRecords));
    records.forEach(({ timeUnixNano, body: { stringValue } }, i) => {
      if (!isLost(i)) this.lines.push({ time: BigInt(timeUnixNano.toString()), text: stringValue });
    });
  }

  private keepSamples(body: Buffer, isLost: (i: number) => boolean): void {
    readNumbers("metrics", body).forEach(({ number }, i) => {
      if (!isLost(i)) this.samples.push({ time: Date.now() / 1_000, value: number });
    });
  }

  private trace(id: string): [number, Buffer | string] {
    const spans = this.traces.get(id);
    if (!spans) return [404, "trace not found"];
    const type = OTLP.lookupType("TracesRequest");
    const message = { resourceSpans: [{ scopeSpans: [{ spans }] }] };
    return [200, Buffer.from(type.encode(type.create(message)).finish())];
  }

  private logs(query: URLSearchParams): object {
    const [start, end] = [BigInt(query.get("start")!), BigInt(query.get("end")!)];
    const run = /^\{service_namespace="(\w+)"\}$/.exec(query.get("query")!)![1]!;
    const values = this.lines
      .filter(({ time, text }) => start <= time && time < end && text.includes(run))
      .sort((a, b) => Number(a.time - b.time))
      .slice(0, Math.min(LOKI_PAGE, Number(query.get("limit"))))
      .map(({ time, text }) => [String(time), text]);
    return { data: { result: [{ values }] } };
  }

  private matrix(query: URLSearchParams): object {
    if (!/^\{__name__=~".+",run="\w+"\}\[\d+ms\]$/.test(query.get("query")!))
      throw new Error("no such query");
    return {
      data: { result: [{ values: this.samples.map(({ time, value }) => [time, String(value)]) }] },
    };
  }
}

function answer(status: number, body: Buffer | string): Promise<Said> {
  return Promise.resolve({ status, body: Buffer.from(body) });
}
