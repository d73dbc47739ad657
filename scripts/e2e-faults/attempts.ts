import { SECOND } from "../../alloy/labels";
import { exportErrors } from "../lib/alloy-log";
import type { Signal } from "../lib/otlp";
import type { Exporter } from "../lib/paths";
import { each, type Items } from "./ledger";

/** The exporter that each signal leaves Alloy by on its local path (`alloy/<name>.alloy`). */
export const LOCAL_EXPORTER = { traces: "tempo", logs: "loki", metrics: "mimir" } satisfies Record<
  Signal,
  Exporter
>;

/** Requests of Alloy's to the backends that came to nothing at first, by signal. */
export interface Attempts {
  /** A backend answered, and not with success. */
  refused: Items;
  /** The request was on its way, and had no answer. */
  unanswered: Items;
}

/** Reads in Alloy's own log what became of its requests; one that nobody listened to is neither. */
export function readAttempts(log: string): Attempts {
  const attempts: Attempts = { refused: each(() => 0), unanswered: each(() => 0) };
  for (const { exporter, signal, final, reason } of exportErrors(log)) {
    if (exporter === SECOND || final || reason.includes("dial tcp")) continue;
    attempts[reason.includes("HTTP Status Code") ? "refused" : "unanswered"][signal]++;
  }
  return attempts;
}
