/** Without an end in sight, the event returns. */
const OPEN_CYCLE_MS = 180_000;

/** What a schedule is made from. */
export interface ScheduleArgs {
  /** Requests per second outside the event. */
  rate: number;
  /** How many times that during the event; 1 by default. */
  eventFactor?: number;
  /** When the run ends, if it is known. */
  durationMs?: number;
  requests?: number;
}

/**
 * When each request is due. Time runs in cycles: a third before the event, the event, a third after it. One cycle
 * is the whole run where its end is known, else three minutes.
 */
export class Schedule {
  private readonly perMs: number;
  private readonly eventFactor: number;
  private readonly thirdMs: number;

  constructor({ rate, eventFactor = 1, durationMs = Infinity, requests = Infinity }: ScheduleArgs) {
    this.perMs = rate / 1000;
    this.eventFactor = eventFactor;
    const requestsMs = (3 * requests) / ((2 + eventFactor) * this.perMs);
    const runMs = Math.min(durationMs, requestsMs);
    this.thirdMs = (Number.isFinite(runMs) ? runMs : OPEN_CYCLE_MS) / 3;
  }

  /** How many requests are due in the first `ms` milliseconds, with a fraction. */
  dueBy(ms: number): number {
    const cycles = Math.floor(ms / (3 * this.thirdMs));
    const inCycle = ms - cycles * 3 * this.thirdMs;
    const inEvent = Math.min(Math.max(inCycle - this.thirdMs, 0), this.thirdMs);
    return (cycles * this.weightedCycleMs + inCycle + inEvent * (this.eventFactor - 1)) * this.perMs;
  }

  /** Milliseconds after the start when a request is due, counted from 0: the inverse of `dueBy`. */
  dueAt(index: number): number {
    const weightedMs = index / this.perMs;
    const cycles = Math.floor(weightedMs / this.weightedCycleMs);
    const left = weightedMs - cycles * this.weightedCycleMs;
    const inEvent = Math.min(Math.max(left - this.thirdMs, 0), this.thirdMs * this.eventFactor);
    return cycles * 3 * this.thirdMs + left - inEvent + inEvent / this.eventFactor;
  }

  isEvent(ms: number): boolean {
    const inCycle = ms % (3 * this.thirdMs);
    return inCycle >= this.thirdMs && inCycle < 2 * this.thirdMs;
  }

  /** A cycle in milliseconds at the usual rate, for as many requests. */
  private get weightedCycleMs(): number {
    return (2 + this.eventFactor) * this.thirdMs;
  }
}
