import type { Component } from "../versions";

/** What Alloy counts, by signal, and the local backend that each ends in. */
export const SIGNALS: {
  title: string;
  items: string;
  backend: Component;
  local: string;
}[] = [
  { title: "Traces", items: "spans", backend: "tempo", local: "Tempo" },
  { title: "Metrics", items: "metric_points", backend: "mimir", local: "Mimir" },
  { title: "Logs", items: "log_records", backend: "loki", local: "Loki" },
];
/** The second path, as Alloy's label `path` names it. */
export const SECOND = "sumo";
const ALLOY = `job="watchtower/alloy"`;

/** Items a second of one of Alloy's counters, 0 where it has not counted yet. */
export function alloyRate(
  counter: string,
  items: string,
  { path, window = "$__rate_interval" }: Where = {},
): string {
  const matchers = path === undefined ? ALLOY : `${ALLOY}, path="${path}"`;
  return orZero(`sum(rate(otelcol_${counter}_${items}_total{${matchers}}[${window}]))`);
}

/** Which of Alloy's paths, and over how long a time. */
interface Where {
  path?: string;
  window?: string;
}

/** How full the queues on disk are, by path and signal. */
export function queueFill(matchers = ""): string {
  const of = (name: string) => `otelcol_exporter_queue_${name}{${ALLOY}${matchers}}`;
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

/** What a backend threw away a second, by its own reasons, 0 where it never did. */
export function discarded(metric: string, window = "$__rate_interval"): string {
  return `sum by (reason) (rate(${metric}[${window}])) or on() vector(0)`;
}

/** A line at 0 rather than none; `on()`, or it would stand beside the others. */
export function orZero(expr: string): string {
  return `(${expr} or on() vector(0))`;
}
