import type { core, logs, metrics, tracing } from "@opentelemetry/sdk-node";
import type { Options, Signal } from "./options";

/** What the SDK's exporters have in common. */
export interface Exporter<T> {
  export(items: T, done: (result: core.ExportResult) => void): void;
  shutdown(): Promise<void>;
}

/** What one export of each signal holds. */
export interface Batch {
  traces: tracing.ReadableSpan[];
  metrics: metrics.ResourceMetrics;
  logs: logs.ReadableLogRecord[];
}

/** Where to, and as whom. */
export type Target = Pick<Options, "endpoint" | "headers">;

/** Why a receiver would not take a signal: is none there, does it not know the signal, or us? */
export interface Refusal {
  kind: "no receiver" | "unknown signal" | "not allowed";
  reason: string;
}

/** What differs between OTLP's protocols. */
export interface Transport {
  newExporter: { [S in Signal]: (target: Target) => Exporter<Batch[S]> };
  /** Asks whether the receiver takes a signal, with an export of nothing. */
  refusalOf<S extends Signal>(
    target: Target,
    signal: S,
    exporter: Exporter<Batch[S]>,
  ): Promise<Refusal | undefined>;
  /** Whether OTLP says to send again after this error. */
  isRetryable(error: Error): boolean;
  /** The part of the error that tells a person something. */
  reasonOf(error: Error): string;
}

/** One attempt; for how long attempts are repeated is Delivery's to say. */
export const ATTEMPT_TIMEOUT_MS = 10_000;
