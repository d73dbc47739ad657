import { type Signal, SIGNALS } from "../lib/otlp";
import { each, type Items } from "./ledger";

/** The exporter that each signal leaves Alloy by on its local path (`alloy/<name>.alloy`). */
const EXPORTER: Record<Signal, string> = { traces: "tempo", logs: "loki", metrics: "mimir" };

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
  for (const line of log.split("\n")) {
    const [, exporter] =
      /Exporting failed\. Will retry.* component_id=otelcol\.exporter\.otlphttp\.(\w+) /.exec(line) ?? [];
    const signal = SIGNALS.find((one) => EXPORTER[one] === exporter);
    if (signal === undefined || line.includes("dial tcp")) continue;
    attempts[/responded with HTTP Status Code/.test(line) ? "refused" : "unanswered"][signal]++;
  }
  return attempts;
}
