import { randomBytes, randomInt } from "node:crypto";

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
  dataType: string;
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

/** Who sends, in each signal's resource. */
export const RESOURCE = {
  "service.name": "watchtower-verify",
  "service.namespace": "watchtower",
  "deployment.environment": "local",
};
/** Name of the metric, and of what else needs one. */
export const METRIC_NAME = "watchtower_verify";
/** Attribute that carries the mark. */
export const MARK_ATTRIBUTE = "marker";

/** What tells this run's telemetry from all other. */
export interface Mark {
  /** Trace id of the trace and the log record, and an attribute of all three: 32 hex digits. */
  id: string;
  spanId: string;
  /** Value of the metric. */
  value: number;
  /** When it was made: before anything was sent. */
  at: Date;
}

export function newMark(): Mark {
  return {
    id: randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    value: randomInt(1, 1_000_000),
    at: new Date(),
  };
}
