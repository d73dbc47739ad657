import type { Signal } from "./options";

/** What a person calls one item of a signal. */
export const ITEMS: Record<Signal, string> = { traces: "spans", metrics: "points", logs: "logs" };

/** What became of the items of one signal; after the final flush, every one made is in one of the rest. */
export interface Tally {
  made: number;
  /** The receiver said it took them. */
  sent: number;
  /** The receiver answered with an error, or not in time. */
  failed: number;
  /** The receiver answered well, but said it refused these (OTLP partial success). */
  rejected: number;
  /** Exports tried again after an error that may pass. */
  retries: number;
  /** Why the last of the failed or rejected were. */
  reason?: string;
}

export type Tallies = Partial<Record<Signal, Tally>>;

export function emptyTally(): Tally {
  return { made: 0, sent: 0, failed: 0, rejected: 0, retries: 0 };
}

/** Never handed to the exporter: the queue was full. Exact only after the final flush. */
export function dropped({ made, sent, failed, rejected }: Tally): number {
  return made - sent - failed - rejected;
}

export function undelivered({ made, sent }: Tally): number {
  return made - sent;
}
