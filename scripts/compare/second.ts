import { jobOf, SECOND } from "../../alloy/labels";
import type { SumoDestination } from "../../settings";
import { Fault } from "../lib/fault";
import { COUNTED } from "../lib/paths";
import type { Range } from "../lib/query/range";
import type { Signal } from "../lib/signals";
import type { Counters } from "./counters";

/** Alloy's second path, as Alloy counts it. */
const PATH = { job: jobOf("alloy"), path: SECOND };
/** Without a sign of the second path for so long, it did not run. */
const SILENCE_MS = 60_000;

/** What the second path did with a signal. */
export interface Took {
  /** How many items its other side took. */
  items: number;
  /** How many were given up: refused for good, or the queue was full. */
  givenUp: number;
  /** Bytes that wait on disk. */
  queuedBytes: number;
  /** How old, in seconds, the oldest is that waits; undefined: nobody knows. */
  lagS?: number;
}

/**
 * The time between two scrapes of whoever counts, which is the only time its counts can be told of.
 * @throws Fault when it was not scraped
 */
export function countedTime(
  counters: Counters,
  destination: Exclude<SumoDestination, "off">,
  { fromMs, toMs }: Range,
): Range {
  const job = jobOf(COUNTED[destination].service);
  const scrapes = counters.moments("up", { job }); // also those it did not answer: what is down takes nothing
  const end = scrapes.filter((at) => at <= toMs).at(-1);
  const begin = scrapes.filter((at) => at <= fromMs).at(-1) ?? scrapes[0];
  if (end === undefined || begin === undefined || end <= begin)
    throw new Fault(
      `Mimir has no count of ${job} within that time: was the stack up then? \`npm run verify\` tells whether it is well now.`,
    );
  return { fromMs: begin, toMs: end };
}

/** What the second path took of a signal within a time, and what waits for it at a moment after that. */
export function tookSecond(
  counters: Counters,
  destination: Exclude<SumoDestination, "off">,
  { items, dataType, backend }: Signal,
  range: Range,
  latestMs: number,
): Took {
  const { service, counter, exporter } = COUNTED[destination];
  const labels = { job: jobOf(service), ...(exporter && { path: exporter }) };
  const failed = (kind: string) =>
    counters.growth(`otelcol_exporter_${kind}_failed_${items}_total`, PATH, range);
  const queuedBytes = counters.level(
    "otelcol_exporter_queue_size",
    { ...PATH, data_type: dataType },
    latestMs,
  );
  return {
    items: counters.growth(`${counter}_${items}_total`, labels, range),
    givenUp: failed("send") + failed("enqueue"),
    queuedBytes,
    lagS: lagOf(counters, backend, queuedBytes, { ...range, toMs: latestMs }),
  };
}

/** So long ago the local path had as many bytes of that signal less as wait on the second. */
function lagOf(
  counters: Counters,
  localPath: string,
  queuedBytes: number,
  { fromMs, toMs }: Range,
): number | undefined {
  if (queuedBytes === 0) return 0;
  const name = "otelcol_exporter_queue_batch_send_size_bytes_sum";
  const local = { job: PATH.job, path: localPath };
  const moments = [fromMs, ...counters.moments(name, local).filter((at) => at > fromMs && at <= toMs)];
  const endMs = moments.at(-1)!;
  let [afterMs, takenAfter] = [endMs, 0];
  for (const atMs of moments.reverse()) {
    const taken = counters.growth(name, local, { fromMs: atMs, toMs: endMs });
    if (taken >= queuedBytes) {
      const share = taken === takenAfter ? 1 : (queuedBytes - takenAfter) / (taken - takenAfter);
      return (endMs - afterMs + share * (afterMs - atMs)) / 1000;
    }
    [afterMs, takenAfter] = [atMs, taken];
  }
  return undefined;
}

/** When whoever counts was started anew: what it counted in the seconds before is lost. */
export function restarts(
  counters: Counters,
  destination: Exclude<SumoDestination, "off">,
  range: Range,
): number[] {
  return counters.restarts(jobOf(COUNTED[destination].service), range);
}

/** The times within which the second path did not run, or nobody counted. */
export function silences(counters: Counters, { fromMs, toMs }: Range): Range[] {
  const seen = counters
    .moments("otelcol_exporter_queue_size", PATH)
    .filter((at) => at >= fromMs - SILENCE_MS && at <= toMs);
  const marks = [fromMs, ...seen.filter((at) => at > fromMs), toMs];
  return marks.slice(1).flatMap((at, i) => {
    const before = marks[i]!;
    return at - before > SILENCE_MS ? [{ fromMs: before, toMs: at }] : [];
  });
}
