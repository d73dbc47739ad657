import { jobOf, SECOND } from "../alloy/labels";
import type { Component } from "../versions";

/** A signal: what Alloy counts of it, and the local backend that it ends in. */
interface Signal {
  title: string;
  items: string;
  backend: Component;
  local: string;
  /** The backend's counters of what it took and threw away all the same, by reason. */
  thrownAway: string[];
}

export const SIGNALS: Signal[] = [
  {
    title: "Traces",
    items: "spans",
    backend: "tempo",
    local: "Tempo",
    thrownAway: ["tempo_discarded_spans_total", "tempo_metrics_generator_spans_discarded_total"],
  },
  {
    title: "Metrics",
    items: "metric_points",
    backend: "mimir",
    local: "Mimir",
    thrownAway: ["cortex_discarded_samples_total"],
  },
  {
    title: "Logs",
    items: "log_records",
    backend: "loki",
    local: "Loki",
    thrownAway: ["loki_discarded_samples_total"],
  },
];

/** Matches what Alloy tells of itself. */
export const ALLOY = `job="${jobOf("alloy")}"`;

/** Items a second of one of Alloy's counters, on one path or in all, 0 where it has not counted yet. */
export function alloyRate(counter: string, items: string, path?: string): string {
  const matchers = path === undefined ? ALLOY : `${ALLOY}, path="${path}"`;
  return orZero(`sum(rate(otelcol_${counter}_${items}_total{${matchers}}[$__rate_interval]))`);
}

/** How full the queues on disk are, by path and signal. */
export function queueFill(): string {
  const of = (name: string) => `otelcol_exporter_queue_${name}{${ALLOY}}`;
  return `max by (path, data_type) (${of("size")} / ${of("capacity")})`;
}

/** Bytes that wait in a path's queues. */
export function queuedBytes(path: string): string {
  return orZero(`sum(otelcol_exporter_queue_size{${ALLOY}, path="${path}"})`);
}

/** Bytes a second that the local exporters take from their queues: what comes in, while the backends are well. */
export function localBytes(): string {
  return orZero(
    `sum(rate(otelcol_exporter_queue_batch_send_size_bytes_sum{${ALLOY}, path!="${SECOND}"}[$__rate_interval]))`,
  );
}

/** Answers that are no success, by path: a path that tries again shows here long before it gives anything up. */
export function refusals(window = "$__rate_interval"): string {
  const answers = `http_client_request_duration_seconds_count{${ALLOY}, path!="", http_response_status_code!~"2.."}`;
  return `sum by (path, http_response_status_code, error_type) (rate(${answers}[${window}]))`;
}

/** 1 while Alloy runs the second path, else 0. */
export function secondPathRuns(): string {
  return orZero(`(count(otelcol_exporter_queue_capacity{${ALLOY}, path="${SECOND}"}) > bool 0)`);
}

/** What a backend threw away a second, by its own reasons. */
export function discarded(counter: string, window = "$__rate_interval"): string {
  return `sum by (reason) (rate(${counter}[${window}]))`;
}

/** A line at 0 rather than none; `on()`, or it would stand beside the others. */
export function orZero(expr: string): string {
  return `(${expr} or on() vector(0))`;
}
