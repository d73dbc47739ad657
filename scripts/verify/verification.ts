import type { ReadMetrics } from "../lib/cluster";
import { Fault } from "../lib/fault";
import { grafanaOf } from "../lib/grafana";
import { readPart, requireRuns } from "../lib/parts";
import { notSilent } from "../lib/paths";
import { type Signal, SIGNALS } from "../lib/signals";
import type { Stack } from "../lib/stack";
import { type Patience, waitUntil } from "../lib/wait";
import { localLookout } from "./local-path";
import type { Lookout } from "./lookout";
import type { Mark } from "./mark";
import type { Result } from "./report";
import { SecondPath } from "./second-path";
import { type ReachableStack, send } from "./send";

/** What one verification works with. */
export interface Tools {
  read: ReadMetrics;
  patience: Patience;
  /** Where to look; by default on both. */
  paths?: "both" | "local";
  /** Hears of each result as it comes. */
  tell: (result: Result) => void;
}

/**
 * Sends one of each signal that somebody keeps, and finds it again on each path.
 * @throws Fault when there is nothing to send, or Grafana cannot be asked
 */
export async function verify(stack: Stack, mark: Mark, tools: Tools): Promise<Result[]> {
  const { components, sumoDestination: destination } = stack;
  requireRuns(readPart("alloy"), stack);
  const reachable: ReachableStack = { ...stack, otlp: stack.otlp! };
  const grafana = grafanaOf(stack);
  const kept: Signal[] = SIGNALS.filter(({ backend }) => components.includes(backend));
  const alone = tools.paths === "local";
  const sent = alone || destination === "off" ? kept : SIGNALS;
  if (sent.length === 0)
    throw new Fault(
      "This stack keeps no signal: add tempo, loki or mimir to its `components`, or set `sumoEnabled`.",
    );

  const local = (signal: Signal) => localLookout(grafana, signal, mark);
  if (kept[0]) await local(kept[0]).missing(); // before anything is sent: throws if Grafana keeps us out
  const second = alone || destination === "off" ? undefined : new SecondPath(destination, tools.read);
  await second?.takeCounts(tools.patience);

  const results = await Promise.all(
    sent.map((signal) => {
      const lookouts = [
        ...(kept.includes(signal) ? [local(signal)] : []),
        ...(second ? [second.lookout(signal)] : []),
      ];
      return follow(signal, mark, reachable, lookouts, tools);
    }),
  );
  return alone || second ? results.flat() : [...results.flat(), await silence(tools)];
}

/** Sends one signal and waits for it at each lookout. */
async function follow(
  signal: Signal,
  mark: Mark,
  stack: ReachableStack,
  lookouts: Lookout[],
  { patience, tell }: Tools,
): Promise<Result[]> {
  const told = (result: Result) => {
    tell(result);
    return result;
  };
  try {
    await send(signal, mark, stack);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [told({ signal: signal.name, path: "entry", place: "Alloy", found: false, note: error.message })];
  }
  const takenAt = performance.now();
  return Promise.all(
    lookouts.map(async ({ path, place, missing, whyStuck }) => {
      const note = await waitUntil(missing, patience);
      const latencyMs = performance.now() - takenAt;
      const at = { signal: signal.name, path, place };
      if (note === undefined) return told({ ...at, found: true, latencyMs });
      const more = await whyStuck?.().catch(() => undefined); // it is the answer to a fault, not one of its own
      return told({ ...at, found: false, note: [note, more].filter(Boolean).join("; ") });
    }),
  );
}

/** With the second write off, Alloy has nothing that could write: some seconds after a bare `pulumi up`. */
async function silence({ read, patience, tell }: Tools): Promise<Result> {
  const loud = await waitUntil(() => notSilent(read), patience);
  const result: Result = {
    signal: "nothing",
    path: "second",
    place: "off",
    found: loud === undefined,
    note: loud ?? "the second write is off, and Alloy has no exporter for it",
  };
  tell(result);
  return result;
}
