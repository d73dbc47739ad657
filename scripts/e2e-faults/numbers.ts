import { randomBytes } from "node:crypto";
import type { Signal } from "../lib/otlp";

/** Items of each signal in one request: spans and log records as the load generator's, and some metric points. */
export const PER_REQUEST: Record<Signal, number> = { traces: 9, logs: 3, metrics: 4 };

/** Requests that share a trace, so that few queries ask for every span. */
export const REQUESTS_PER_TRACE = 50;

/** Series that a point's requests take turns in: within one, samples are then a millisecond apart at least. */
export const LANES = 10;

/** Requests are this far apart at least, whatever the rate. */
export const STEP_US = 100;

/** Service of all that is sent; Loki and Mimir know it by this name. */
export const SERVICE = "watchtower-faults";
export const GAUGE = "watchtower_faults_number";
export const COUNTER = "watchtower_faults_numbers";

/** Tells the items of one case from those of any other: eight hexadecimal digits. */
export function newRun(): string {
  return randomBytes(4).toString("hex");
}

/** Id of a trace of a run, which holds so many requests. */
export function traceId(run: string, trace: number): Buffer {
  return Buffer.from(`${run}${"77".repeat(8)}${hex(trace)}`, "hex");
}

/** Id of a span: its run and its number. */
export function spanId(run: string, number: number): Buffer {
  return Buffer.from(`${run}${hex(number)}`, "hex");
}

/** What an id of a span says; of another sender's it says nonsense, but no run of ours. */
export function readSpanId(id: Uint8Array): { run: string; number: number } {
  const bytes = Buffer.from(id.buffer, id.byteOffset, id.byteLength);
  return bytes.length < 8
    ? { run: "", number: 0 }
    : { run: bytes.toString("hex", 0, 4), number: bytes.readUInt32BE(4) };
}

/** A log line, as a program would write it. */
export function line(run: string, number: number): string {
  return `order accepted run=${run} number=${number} customer=c-${number % 997} warehouse=north items=3 total=129.90 EUR`;
}

/** What a line says, if it is one of ours. */
export function readLine(text: string): { run: string; number: number } | undefined {
  const [, run, number] = / run=([0-9a-f]{8}) number=(\d+) /.exec(text) ?? [];
  return run === undefined ? undefined : { run, number: Number(number) };
}

function hex(number: number): string {
  return number.toString(16).padStart(8, "0");
}
