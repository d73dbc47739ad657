import { type Signal, SIGNALS } from "../lib/otlp";
import { PER_REQUEST } from "./numbers";
import type { Tally } from "./tally";

/** What has become of one signal of a request, as far as its sender knows. */
type Fate = "acknowledged" | "refused" | "given up";

/** Requests one after the other: from the first up to, but without, the last. */
export interface Range {
  from: number;
  to: number;
}

/** Items of each signal. */
export type Items = Record<Signal, number>;

/** Missing requests that are no further apart are asked for together. */
const NEAR = 100;

/** What was sent, and what the sender was told of it. */
export class Ledger {
  /** When each request was made, in microseconds since 1970. */
  readonly timesUs: number[] = [];
  /** Every error that was answered, with how often. */
  readonly errors = new Map<string, number>();
  private readonly fates: Record<Signal, (Fate | undefined)[]> = { traces: [], logs: [], metrics: [] };

  /** Items of attempts that may have been taken, though there was no answer: these may be there twice. */
  readonly unanswered = each(() => 0);

  constructor(readonly run: string) {}

  /** Requests made so far. */
  get made(): number {
    return this.timesUs.length;
  }

  /** Requests made before a time, in milliseconds since 1970. */
  madeBefore(ms: number): number {
    let made = this.made;
    while (made > 0 && this.timesUs[made - 1]! >= ms * 1_000) made--;
    return made;
  }

  settle(signal: Signal, { from, to }: Range, fate: Fate): void {
    for (let request = from; request < to; request++) this.fates[signal][request] = fate;
  }

  /** Keeps the words of an error, without what differs each time. */
  note(error: string): void {
    this.errors.set(error, (this.errors.get(error) ?? 0) + 1);
  }

  noteUnanswered(signal: Signal, { from, to }: Range): void {
    this.unanswered[signal] += (to - from) * PER_REQUEST[signal];
  }

  /** Items of each signal that met this fate; `open`: that have no answer yet. */
  items(fate: Fate | "open"): Items {
    return each((signal) => {
      let requests = 0;
      for (let i = 0; i < this.made; i++) if ((this.fates[signal][i] ?? "open") === fate) requests++;
      return requests * PER_REQUEST[signal];
    });
  }

  /** Items sent, whatever became of them. */
  sent(): Items {
    return each((signal) => this.made * PER_REQUEST[signal]);
  }

  isAcknowledged(request: number): boolean {
    return SIGNALS.every((signal) => this.fates[signal][request] === "acknowledged");
  }

  /** The acknowledged requests of which an item was not seen; of those before a number, without those excused. */
  missing(
    signal: Signal,
    seen: Tally,
    { before = this.made, excused = [] }: { before?: number; excused?: Range[] } = {},
  ): { items: number; ranges: Range[] } {
    const per = PER_REQUEST[signal];
    const ranges: Range[] = [];
    let items = 0;
    for (let request = 0; request < Math.min(before, this.made); request++) {
      if (this.fates[signal][request] !== "acknowledged") continue;
      if (excused.some(({ from, to }) => from <= request && request < to)) continue;
      let missing = 0;
      for (let i = 0; i < per; i++) if (!seen.has(request * per + i)) missing++;
      if (missing === 0) continue;
      items += missing;
      const last = ranges.at(-1);
      if (last && request - last.to < NEAR) last.to = request + 1;
      else ranges.push({ from: request, to: request + 1 });
    }
    return { items, ranges };
  }
}

/** The same of each signal. */
export function each<T>(of: (signal: Signal) => T): Record<Signal, T> {
  return Object.fromEntries(SIGNALS.map((signal) => [signal, of(signal)])) as Record<Signal, T>;
}
