import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault, reasonOf } from "../lib/fault";
import type { Patience } from "../lib/wait";

/** Something to find out. */
export interface Question {
  area: "load" | "dashboards" | "correlation" | "links" | "evaluating";
  name: string;
  /** Looks once: says what there is. @throws Error with what is amiss, Unchecked where it cannot look */
  look: () => Promise<string>;
}

/** What was found out. */
export interface Check extends Pick<Question, "area" | "name"> {
  state: "ok" | "FAULT" | "unchecked";
  note: string;
}

/** What this stack does not run, or verify cannot look at: no fault. */
export class Unchecked extends Error {}

/**
 * Asks all questions, and those with a fault again until there is none or time is up, since what was sent last may
 * still be on its way.
 * @param tell hears of each check once it is final
 * @throws Fault when Grafana cannot be asked
 */
export async function settle(
  questions: Question[],
  { withinMs, everyMs }: Patience,
  tell: (check: Check) => void,
): Promise<Check[]> {
  const until = performance.now() + withinMs;
  const settled: Check[] = [];
  for (let open = questions; open.length > 0;) {
    const again: Question[] = [];
    for (const question of open) {
      const check = await answerOf(question);
      if (check.state === "FAULT" && performance.now() < until) again.push(question);
      else {
        settled.push(check);
        tell(check);
      }
    }
    open = again;
    if (open.length > 0) await sleep(everyMs);
  }
  return settled;
}

async function answerOf({ area, name, look }: Question): Promise<Check> {
  try {
    return { area, name, state: "ok", note: await look() };
  } catch (error) {
    if (error instanceof Fault) throw error;
    return { area, name, state: error instanceof Unchecked ? "unchecked" : "FAULT", note: reasonOf(error) };
  }
}
