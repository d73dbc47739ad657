import type { SumoDestination } from "../../settings";
import { Fault, reasonOf } from "../lib/fault";
import { grafanaOf } from "../lib/grafana";
import { readPart, requireRuns } from "../lib/parts";
import type { Range } from "../lib/query/range";
import { type Signal, SIGNALS } from "../lib/signals";
import type { Stack } from "../lib/stack";
import { Counters } from "./counters";
import { type ByService, countLocal } from "./local";
import { countedTime, restarts, silences, type Took, tookSecond } from "./second";
import { countInSumo, type SumoHas } from "./sumo-counts";
import type { SumoSearch } from "./sumo-search";

/** Tempo counts a span up to 20 s after it came: once its trace is idle and written out. */
export const SETTLE_MS = 30_000;

/** One signal's items, as a whole or of one service, on both sides. */
export interface Row {
  /** `spans`, `log records` or `metric points`. */
  signal: string;
  /** Undefined: all services together. */
  service?: string;
  /** How many items the local side has. */
  local: number;
  /** How many the second path took; undefined: it counts signals, not services. */
  second?: number;
  /** How many Sumo says that it has; undefined: it was not asked, or does not know. */
  inSumo?: number;
  /** How many more the local side has than Sumo or, where that is not known, than the second path took. */
  difference?: number;
  /** Whether both have the same, within the tolerance; undefined: nobody knows. */
  same?: boolean;
  /** Of the second path's whole signal. */
  path?: Omit<Took, "items">;
}

/** Both sides over a time. */
export interface Comparison {
  destination: SumoDestination;
  /** What is compared: the time between two readings of the counters. */
  range: Range;
  rows: Row[];
  /** The times within which the second path did not run. */
  silences: Range[];
  /** When whoever counts for the second path was started anew; it knows nothing of up to 15 s before. */
  restarts: number[];
  /** Signals that this stack has no backend for. */
  notKept: string[];
  /** What Sumo could not tell, and why. */
  untold: string[];
  same: boolean;
}

/** How Sumo itself is asked, and for what of the account. */
export interface AskSumo {
  search: SumoSearch;
  scope: string;
}

/** A stack with a second path. */
export type Comparable = Stack & { sumoDestination: Exclude<SumoDestination, "off"> };

/** @throws Fault when the stack has nothing to compare, or nobody to ask */
export function requireComparable(stack: Stack): asserts stack is Comparable {
  requireRuns(readPart("alloy"), stack);
  if (stack.sumoDestination === "off")
    throw new Fault(
      "The second write is off, so there is nothing to compare: `npm run sumo -- on` switches it on.",
    );
  for (const part of ["mimir", "grafana"]) requireRuns(readPart(part), stack); // the counts, and the way to them
}

/**
 * Counts both sides of a stack that has both.
 * @param wanted a time that is over since SETTLE_MS
 * @param toleranceS both are the same while they are no further apart than what came in within so many seconds
 * @throws Fault when somebody does not tell
 */
export async function compare(
  stack: Comparable,
  wanted: Range,
  toleranceS: number,
  sumo?: AskSumo,
): Promise<Comparison> {
  const { components, sumoDestination: destination } = stack;
  const grafana = grafanaOf(stack);
  const latestMs = wanted.toMs + SETTLE_MS;
  const counters = await Counters.read(grafana, { ...wanted, toMs: latestMs }).catch(asFault);
  const range = countedTime(counters, destination, wanted);
  const untold: string[] = [];
  const rows: Row[] = [];
  for (const signal of SIGNALS.filter(({ backend }) => components.includes(backend))) {
    const has = await countLocal(grafana, signal, range).catch((error: unknown) => {
      throw new Fault(`${signal.title} does not tell what it has: ${reasonOf(error)}.`);
    });
    const inSumo =
      sumo && (await askSumo(sumo, signal, range, (why) => untold.push(`${nameOf(signal)}: ${why}`)));
    const took = tookSecond(counters, destination, signal, range, latestMs);
    rows.push(...rowsOf(nameOf(signal), has, took, inSumo, toleranceS, range));
  }
  return {
    destination,
    range,
    rows,
    silences: silences(counters, range),
    restarts: restarts(counters, destination, range),
    notKept: SIGNALS.filter(({ backend }) => !components.includes(backend)).map(nameOf),
    untold,
    same: rows.every((row) => row.same !== false) && untold.length === 0,
  };
}

async function askSumo(
  { search, scope }: AskSumo,
  signal: Signal,
  range: Range,
  couldNot: (why: string) => void,
): Promise<SumoHas | undefined> {
  try {
    return await countInSumo(search, scope, signal, range);
  } catch (error) {
    if (error instanceof Fault) throw error;
    couldNot(reasonOf(error));
    return undefined;
  }
}

/** The row of a signal, and those of its services. */
function rowsOf(
  signal: string,
  has: ByService,
  { items, ...path }: Took,
  inSumo: SumoHas | undefined,
  toleranceS: number,
  { fromMs, toMs }: Range,
): Row[] {
  const row = (service: string | undefined, local: number, second?: number, sumo?: number): Row => {
    const other = sumo ?? second;
    const difference = other === undefined ? undefined : local - other;
    const tolerance = (Math.max(local, other ?? 0) * toleranceS * 1000) / (toMs - fromMs);
    const same = difference === undefined ? undefined : Math.abs(difference) <= tolerance;
    return { signal, service, local, second, inSumo: sumo, difference, same };
  };
  const total = [...has.values()].reduce((sum, count) => sum + count, 0);
  const services = [...new Set([...has.keys(), ...(inSumo?.byService?.keys() ?? [])])].sort();
  return [
    { ...row(undefined, total, items, inSumo?.total), path },
    ...services.map((service) =>
      row(
        service,
        has.get(service) ?? 0,
        undefined,
        inSumo?.byService && (inSumo.byService.get(service) ?? 0),
      ),
    ),
  ];
}

/** What its items are called: spans, log records, metric points. */
function nameOf({ items }: Signal): string {
  return items.replace("_", " ");
}

function asFault(error: unknown): never {
  throw error instanceof Fault ? error : new Fault(`Mimir does not tell the counts: ${reasonOf(error)}.`);
}
