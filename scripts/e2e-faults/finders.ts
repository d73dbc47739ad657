import type { Signal } from "../lib/otlp";
import type { Ledger, Range } from "./ledger";
import { COUNTER, GAUGE, readLine, REQUESTS_PER_TRACE, traceId } from "./numbers";
import { readNumbers } from "./read-numbers";
import type { Tally } from "./tally";

/** What a service of the stack said. */
export interface Said {
  status: number;
  body: Buffer;
}

/** Asks a service of the stack, as `name:port`, for a path with its query. */
export type Ask = (service: string, path: string, headers?: Record<string, string>) => Promise<Said>;

/** Asks a backend for every item of some requests, and counts those it has. */
export type Find = (ask: Ask, ledger: Ledger, range: Range, seen: Tally) => Promise<void>;

const SIDE_BY_SIDE = 4;
/** Loki's own limit (max_entries_limit_per_query). */
const LOKI_PAGE = 5_000;
const SECOND_US = 1_000_000;
/** What a trace's block may be off by. */
const AROUND_S = 60;
const PROTOBUF = { accept: "application/protobuf" };

/** How each backend is asked. Each counts an item once, however often it is asked. */
export const FIND: Record<Signal, Find> = {
  traces: async (ask, { run, timesUs }, { from, to }, seen) => {
    const last = Math.floor((to - 1) / REQUESTS_PER_TRACE);
    const traces = [];
    for (let trace = Math.floor(from / REQUESTS_PER_TRACE); trace <= last; trace++) traces.push(trace);
    await sideBySide(traces, async (trace) => {
      const first = trace * REQUESTS_PER_TRACE;
      const last = Math.min(first + REQUESTS_PER_TRACE, timesUs.length) - 1;
      // Without the time, Tempo looks into every block it has.
      const start = String(Math.floor(timesUs[first]! / SECOND_US) - AROUND_S);
      const end = String(Math.ceil(timesUs[last]! / SECOND_US) + AROUND_S);
      const id = traceId(run, trace).toString("hex");
      const said = await ask("tempo:3200", path(`/api/traces/${id}`, { start, end }), PROTOBUF);
      if (said.status === 404) return; // it has nothing of it (yet)
      // A trace is the same message as a request to export it.
      for (const { number } of readNumbers("traces", bodyOf(said))) addOnce(seen, number);
    });
  },
  logs: async (ask, ledger, range, seen) => {
    const query = `{service_namespace="${ledger.run}"}`;
    let start = nanoseconds(ledger.timesUs[range.from]!);
    const end = nanoseconds(ledger.timesUs[range.to - 1]! + 1);
    for (let count = LOKI_PAGE; count === LOKI_PAGE;) {
      const asked = { query, start: String(start), end: String(end), limit: String(LOKI_PAGE) };
      const said = await ask(
        "loki:3100",
        path("/loki/api/v1/query_range", { ...asked, direction: "forward" }),
      );
      const { data } = JSON.parse(bodyOf(said).toString()) as {
        data: { result: { values: [string, string][] }[] };
      };
      const values = data.result.flatMap((stream) => stream.values);
      count = values.length;
      for (const [time, text] of values) {
        const found = readLine(text);
        if (found) addOnce(seen, found.number);
        if (BigInt(time) >= start) start = BigInt(time) + 1n;
      }
    }
  },
  metrics: async (ask, ledger, range, seen) => {
    const from = Math.floor(ledger.timesUs[range.from]! / 1_000) - 1;
    const to = Math.floor(ledger.timesUs[range.to - 1]! / 1_000);
    const query = `{__name__=~"${GAUGE}|${COUNTER}_total",run="${ledger.run}"}[${to - from}ms]`;
    const asked = { query, time: (to / 1_000).toFixed(3) };
    const said = await ask("mimir-query-frontend:8080", path("/prometheus/api/v1/query", asked));
    const { data } = JSON.parse(bodyOf(said).toString()) as {
      data: { result: { values: [number, string][] }[] };
    };
    for (const { values } of data.result) for (const [, value] of values) addOnce(seen, Number(value));
  },
};

async function sideBySide<T>(items: T[], body: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]();
  const worker = async () => {
    for (const item of rest) await body(item);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
}

function addOnce(seen: Tally, number: number): void {
  if (!seen.has(number)) seen.add(number);
}

function bodyOf({ status, body }: Said): Buffer {
  if (status === 200) return body;
  throw new Error(`it answers ${status} ${body.toString().slice(0, 120)}`);
}

function path(to: string, query: Record<string, string>): string {
  return `${to}?${new URLSearchParams(query).toString()}`;
}

function nanoseconds(us: number): bigint {
  return BigInt(us) * 1_000n;
}
