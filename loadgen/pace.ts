import { setImmediate as otherWorkFirst, setTimeout as sleep } from "node:timers/promises";

/** Waking up more often costs more than it evens out. */
const TICK_MS = 5;
/** Sending for longer at one go would keep the exports waiting. */
const SLICE_MS = 10;
/** A last request that is late by less is not behind the schedule: timers and the first requests jitter. */
const JITTER_MS = 50;
/** After a pause (a suspended laptop, say) only so much of the schedule is caught up; the rest is missed. */
const CATCH_UP_S = 2;

export interface Pace {
  /** Requests per second. */
  rate: number;
  durationMs?: number;
  requests?: number;
  stop: AbortSignal;
}

export interface Paced {
  made: number;
  elapsedMs: number;
  heldRate: number;
}

/** Calls `send` by the clock: the i-th call is due i/rate seconds after the start, however long others took. */
export async function pace({ rate, durationMs, requests, stop }: Pace, send: () => void): Promise<Paced> {
  const atMost = requests ?? Infinity;
  const dueInAll = durationMs === undefined ? Infinity : Math.ceil((durationMs / 1000) * rate);
  const start = performance.now();
  const elapsed = () => performance.now() - start;
  let made = 0;
  let missed = 0;

  for (let last = false; !last && made < atMost && !stop.aborted;) {
    last = durationMs !== undefined && elapsed() >= durationMs;
    const due = Math.min(Math.floor((elapsed() / 1000) * rate) + 1, dueInAll);
    missed = Math.max(missed, due - made - Math.max(1, Math.floor(rate * CATCH_UP_S)));

    const sliceEnd = elapsed() + SLICE_MS;
    while (made + missed < due && made < atMost && elapsed() < sliceEnd) {
      send();
      made++;
    }
    if (made >= atMost || last) continue;
    if (made + missed < due) {
      await otherWorkFirst();
    } else {
      const nextMs = Math.min(((made + missed) / rate) * 1000, durationMs ?? Infinity) - elapsed();
      await sleep(Math.max(nextMs, TICK_MS), undefined, { signal: stop }).catch(() => {}); // woken to stop
    }
  }

  const elapsedMs = elapsed();
  const neededMs = Math.max((made / rate) * 1000, elapsedMs - JITTER_MS);
  return { made, elapsedMs, heldRate: made === 0 ? 0 : made / (neededMs / 1000) };
}
