import { randomBytes, randomInt } from "node:crypto";

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
