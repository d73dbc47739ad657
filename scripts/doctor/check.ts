import { Fault, reasonOf } from "../lib/fault";
import type { Finding } from "../lib/finding";
import type { Facts } from "./facts";

/** What was found, and what `--fix` may do about it without losing anything. */
export interface Found extends Finding {
  fix?: Fix;
}

/** What cannot be looked at, for a reason that another check tells. */
export class Unseen extends Error {}

/** A way to mend something. */
export interface Fix {
  /** What it does, for whoever watches. */
  does: string;
  /**
   * @param status hears what it waits for
   * @throws Fault when it cannot be done
   */
  act: (status: (text: string) => void) => Promise<void>;
}

/** A look at one thing. */
export interface Check {
  /** What its finding is called where it cannot look. */
  name: string;
  look: (facts: Facts) => Promise<Found | Found[]>;
}

/**
 * Makes all checks side by side.
 * @returns what they found, in their order; what keeps several of them from looking is told by the first
 */
export async function lookAtAll(checks: Check[], facts: Facts): Promise<Found[]> {
  const results = await Promise.all(
    checks.map(async ({ name, look }) => {
      try {
        return { name, found: [await look(facts)].flat() };
      } catch (error) {
        return { name, error };
      }
    }),
  );
  const known = new Set<unknown>();
  return results.flatMap(({ name, found, error }): Found[] => {
    if (found) return found;
    if (error instanceof Unseen) return [{ name, state: "warn", saw: error.message }];
    if (known.has(error)) return [{ name, state: "warn", saw: "not looked at, for the reason told above" }];
    known.add(error);
    return [{ name, state: "wrong", saw: error instanceof Fault ? error.message : reasonOf(error) }];
  });
}
