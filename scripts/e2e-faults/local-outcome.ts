import { type Signal, SIGNALS } from "../lib/otlp";
import type { Account } from "./account";
import type { Attempts } from "./attempts";
import type { Outcome } from "./case";
import type { Part } from "./kube";
import { each, type Items, type Ledger } from "./ledger";
import type { Meter } from "./meter";

const BACKEND: Record<Signal, Part> = { traces: "tempo", logs: "loki", metrics: "mimir-distributor" };

/** What Alloy took that cannot have been ours. */
export function companyOf(ledger: Ledger, meter: Meter): Items {
  const acknowledged = ledger.items("acknowledged");
  return each((signal) =>
    Math.max(0, meter.growth(`accepted ${signal}`) - acknowledged[signal] - ledger.unanswered[signal]),
  );
}

/** What the local side comes to; of what others sent nothing counts. */
export function localOutcome(
  lost: Items,
  from: { ledger: Ledger; account: Account; meter: Meter; company: Items },
): Omit<Outcome["local"], keyof Attempts> {
  const { ledger, account, meter, company } = from;
  const acknowledged = ledger.items("acknowledged");
  const beyond = (count: number, signal: Signal, once: number) => Math.max(0, count - company[signal] - once);
  return {
    lost,
    twice: each((signal) => beyond(meter.growth(`sent ${signal}`), signal, acknowledged[signal])),
    // What was lost may have been read, too, before it was.
    repeated: each((signal) =>
      beyond(meter.growth(`received ${signal}`), signal, account.found[signal].distinct + lost[signal]),
    ),
    discarded: each(
      (signal) =>
        meter.growth(`discarded ${signal}`) +
        (signal === "metrics" ? meter.growth("discarded metrics, ingester") : 0),
    ),
    restarted: SIGNALS.filter((signal) => meter.hasRestarted(BACKEND[signal])),
  };
}
