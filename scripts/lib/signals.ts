/** One kind of telemetry: where it goes, and what others call it. */
export interface Signal {
  name: "trace" | "log record" | "metric";
  /** Component that keeps it; also the uid of its data source. */
  backend: "tempo" | "loki" | "mimir";
  /** The backend's name for people. */
  title: string;
  /** What Alloy's counters call its items. */
  items: string;
  /** What Alloy's queues call it. */
  dataType: "traces" | "logs" | "metrics";
}

export const TRACE: Signal = {
  name: "trace",
  backend: "tempo",
  title: "Tempo",
  items: "spans",
  dataType: "traces",
};
export const LOG: Signal = {
  name: "log record",
  backend: "loki",
  title: "Loki",
  items: "log_records",
  dataType: "logs",
};
export const METRIC: Signal = {
  name: "metric",
  backend: "mimir",
  title: "Mimir",
  items: "metric_points",
  dataType: "metrics",
};
export const SIGNALS = [TRACE, LOG, METRIC] as const;
