import type { Load, Sent, StartLoad } from "../lib/load";
import type { Stack } from "../lib/stack";
import { newMark } from "./mark";
import type { Result } from "./report";
import { type Tools, verify } from "./verification";

/** How long one signal took to be found in one place. */
export interface Latency {
  signal: string;
  path: Result["path"];
  place: string;
  /** How many of the probes were found. */
  found: number;
  missing: number;
  p50Ms?: number;
  p95Ms?: number;
  maxMs?: number;
}

/** What came of all probes. */
export interface Probed {
  probes: number;
  latencies: Latency[];
  /** What was sent meanwhile. */
  load?: Sent;
}

/**
 * Sends one of each signal so many times, one after the other, under a load, if one is asked for. The second path is
 * left out under a load, which makes the counts grow that the probe is known by there.
 * @throws Fault when nothing can be sent, or found
 */
export async function probe(
  stack: Stack,
  probes: number,
  load: Load | undefined,
  tools: Omit<Tools, "paths"> & { startLoad: StartLoad },
): Promise<Probed> {
  const running = load && stack.otlp && tools.startLoad(stack.otlp, load);
  const results: Result[] = [];
  try {
    await running?.begun;
    for (let i = 0; i < probes; i++)
      results.push(...(await verify(stack, newMark(), { ...tools, paths: running ? "local" : "both" })));
  } finally {
    running?.stop();
  }
  return { probes, latencies: latenciesOf(results), load: await running?.ended };
}

/** The latencies of each signal on each path, in the order in which they came first. */
export function latenciesOf(results: Result[]): Latency[] {
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    const key = [result.signal, result.path, result.place].join();
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()].map((group) => {
    const { signal, path, place } = group[0]!;
    const sorted = group.flatMap(({ latencyMs }) => latencyMs ?? []).sort((a, b) => a - b);
    const found = group.filter((one) => one.found).length;
    return {
      ...{ signal, path, place, found, missing: group.length - found },
      ...(sorted.length > 0 && {
        p50Ms: percentile(sorted, 50),
        p95Ms: percentile(sorted, 95),
        maxMs: percentile(sorted, 100),
      }),
    };
  });
}

/** The value that so many per cent do not exceed. */
function percentile(sorted: number[], percent: number): number {
  return Math.round(sorted[Math.ceil((sorted.length * percent) / 100) - 1]!);
}
