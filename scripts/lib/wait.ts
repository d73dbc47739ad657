import { setTimeout as sleep } from "node:timers/promises";
import { Fault, reasonOf } from "./fault";

/** How long to wait for something, and how often to look. */
export interface Patience {
  withinMs: number;
  everyMs: number;
}

const TIME_UP = Symbol("time is up");

/**
 * Looks again and again until nothing is missing or time is up. A look that fails counts as "not yet", with a TypeError, too,
 * which is what `fetch` throws where nobody answers; a Fault ends the wait, since it needs a person.
 * @param missing says what is missing, or undefined once all is there
 * @returns undefined once all is there, else what the last look said
 */
export async function waitUntil(
  missing: () => Promise<string | undefined>,
  { withinMs, everyMs }: Patience,
): Promise<string | undefined> {
  const done = new AbortController();
  const timeUp = sleep(withinMs, TIME_UP, { signal: done.signal }).catch(() => TIME_UP);
  let last = "no answer";
  try {
    for (;;) {
      const said = await Promise.race([missing().catch(notYet), timeUp]);
      if (said instanceof Fault) return said.message;
      if (said === undefined) return undefined;
      if (typeof said === "symbol") return last;
      last = said;
      const rested = sleep(everyMs, undefined, { signal: done.signal });
      if ((await Promise.race([rested, timeUp])) === TIME_UP) return last;
    }
  } finally {
    done.abort();
  }
}

/**
 * Waits for an answer no longer than that.
 * @throws Error when time is up; what was begun is left to itself
 */
export async function within<T>(ms: number, doing: Promise<T>): Promise<T> {
  const done = new AbortController();
  const timeUp = sleep(ms, TIME_UP, { signal: done.signal }).catch(() => TIME_UP);
  try {
    const answer = await Promise.race([doing, timeUp]);
    if (answer === TIME_UP) throw new Error(`no answer within ${ms / 1_000} s`);
    return answer as T;
  } finally {
    done.abort();
  }
}

function notYet(error: unknown): string | Fault {
  return error instanceof Fault ? error : reasonOf(error);
}
