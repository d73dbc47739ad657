/** Label `job` of what the pods of a release tell of themselves (`own-metrics.alloy`). */
export function jobOf(release: string): string {
  return `watchtower/${release}`;
}

/** The second path: what its exporters' names begin with (`sumo-signal.alloy`), and the label `path` of what Alloy tells of it. */
export const SECOND = "sumo";

/** The name of the second path's exporter of a signal. */
export function secondExporter(signal: string): string {
  return `${SECOND}_${signal}`;
}

/** What is in an exporter's `component_id`: the path, and on the second one the signal. */
export const EXPORTER = "otelcol\\.exporter\\.otlphttp\\.([a-z]+)(?:_([a-z]+))?";
