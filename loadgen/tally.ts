import type { Signal } from "./options";

/** What a person calls one item of a signal. */
export const ITEMS: Record<Signal, string> = { traces: "spans", metrics: "points", logs: "logs" };

/** What became of the items of one signal; after the final flush, every one sent is in one of the rest. */
export interface Tally {
  /** The services made them, to be exported. */
  sent: number;
  /** The receiver said it took them. */
  accepted: number;
  /** The receiver answered well, but said it refused these (OTLP partial success). */
  rejected: number;
  /** The receiver answered with an error, or not in time. */
  failed: number;
  /** Exports that the exporter could not do, those included that were tried again. */
  errors: number;
  /** Exports tried again after an error that may pass. */
  retries: number;
  /** Why the last of the failed or rejected were. */
  reason?: string;
}

export type Tallies = Partial<Record<Signal, Tally>>;

/** Nothing sent yet. */
export function emptyTally(): Tally {
  return { sent: 0, accepted: 0, rejected: 0, failed: 0, errors: 0, retries: 0 };
}

/** Never handed to the exporter: the queue was full. Exact only after the final flush. */
export function dropped(tally: Tally): number {
  return lost(tally) - tally.failed;
}

/** Neither accepted nor rejected. Exact only after the final flush. */
export function lost({ sent, accepted, rejected }: Tally): number {
  return sent - accepted - rejected;
}

/** Lost or rejected. */
export function undelivered({ sent, accepted }: Tally): number {
  return sent - accepted;
}
