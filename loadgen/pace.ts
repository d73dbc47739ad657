import { setImmediate as otherWorkFirst, setTimeout as sleep } from "node:timers/promises";
import type { Schedule } from "./schedule";

/** Waking up more often costs more than it evens out. */
const TICK_MS = 5;
/** Waking up less often could miss that a stop or an event has come. */
const MAX_SLEEP_MS = 1_000;
/** Sending for longer at one go would keep the exports waiting. */
const SLICE_MS = 10;
/** A last request that is late by less is not behind the schedule: timers and the first requests jitter. */
const JITTER_MS = 50;
/** After a pause (a suspended laptop, say) only so much of the schedule is caught up; the rest is missed. */
const CATCH_UP_MS = 2_000;
/** What is due is a sum of fractions. */
const ROUNDING = 1e-6;

/** What to keep to. */
export interface Pace {
  schedule: Schedule;
  /** When to end; neither: when stopped. */
  durationMs?: number;
  requests?: number;
  /** Whether one more request may be made now; always, by default. */
  hasRoom?: () => boolean;
  stop: AbortSignal;
}

/** What was kept. */
export interface Paced {
  made: number;
  elapsedMs: number;
  /** Requests per second, over the whole time. */
  askedRate: number;
  heldRate: number;
  /** Whether a request had to wait for room. */
  waited: boolean;
}

/** Calls `send` by the clock, with the moment at which the request is due, however long others took. */
export async function pace(
  { schedule, durationMs = Infinity, requests = Infinity, hasRoom = () => true, stop }: Pace,
  send: (dueMs: number) => void,
): Promise<Paced> {
  const inAll = durationMs === Infinity ? Infinity : Math.ceil(schedule.dueBy(durationMs) - ROUNDING);
  const start = performance.now();
  const elapsed = () => performance.now() - start;
  let made = 0;
  let missed = 0;
  let waited = false;

  for (let last = false; !last && made < requests && !stop.aborted;) {
    const now = elapsed();
    last = now >= durationMs;
    const due = Math.min(Math.floor(schedule.dueBy(now)) + 1, inAll);
    const caughtUp = Math.floor(schedule.dueBy(now) - schedule.dueBy(Math.max(0, now - CATCH_UP_MS)));
    missed = Math.max(missed, due - made - Math.max(1, caughtUp));

    let room = true;
    while (made + missed < due && made < requests && elapsed() < now + SLICE_MS && (room = hasRoom())) {
      send(schedule.dueAt(made + missed));
      made++;
    }
    waited ||= !room;
    if (made >= requests || last) continue;
    if (room && made + missed < due) {
      await otherWorkFirst();
    } else {
      const nextMs = Math.min(schedule.dueAt(made + missed), durationMs) - elapsed();
      const napMs = Math.min(Math.max(nextMs, TICK_MS), MAX_SLEEP_MS);
      await sleep(napMs, undefined, { signal: stop }).catch(() => {}); // woken to stop
    }
  }

  const elapsedMs = elapsed();
  const askedRate = schedule.dueBy(elapsedMs) / (elapsedMs / 1000);
  const dueAtLeast = schedule.dueBy(Math.max(0, elapsedMs - JITTER_MS));
  const heldRate = made === 0 ? 0 : askedRate * Math.min(1, made / dueAtLeast);
  return { made, elapsedMs, askedRate, heldRate, waited };
}
