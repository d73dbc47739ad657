import { readDuration } from "../../loadgen/option-readers";
import { durationOf, Misuse, parse, type Parsed, stackName } from "../lib/options";
import type { Range } from "../lib/query/range";
import { intervalOf, withInterval } from "../lib/watch";
import { SETTLE_MS } from "./comparison";

/** What one run is asked to do. */
export interface Options {
  /** The time to compare over, at a moment. */
  window: (nowMs: number) => Range;
  /** Both sides count as the same while they are no further apart than what came in within so many seconds. */
  toleranceS: number;
  /** Look again and again, so long after the last look; undefined: once. */
  watchEveryMs?: number;
  /** Name of the stack; undefined: the one selected. */
  stack?: string;
  /** For machines: a JSON document for each look. */
  json: boolean;
}

/** Counts come every 15 s: in less than this there may be none to compare. */
const SHORTEST_S = 30;
const EVERY_S = 15;

const SETTLE_S = SETTLE_MS / 1000;

const HELP = `Counts what the local side has of a time, and what the second path took of it: spans, log records and metric points.

npm run compare -- [options]
  --window 15m      the time that is compared, up to --until (default 15m; s, m or h)
  --since 2h        or from when on: so long ago, or a time such as 2026-08-20T09:30
  --until 1h        until when, likewise (default and latest: ${SETTLE_S}s ago, by when Tempo counts all that came)
  --tolerance 5s    how far apart both may be: as much as came in within so long (default 5s; 0s: not at all)
  --watch [${EVERY_S}]      looks again every so many seconds, until Ctrl-C
  --stack local     the stack (default: PULUMI_STACK, or the one selected)
  --json            one JSON document for each look, on a line of its own with --watch
  --help            print this

With the setting sumoApi, Sumo itself is asked for its spans and log records, by service.

Exit code: 0 both have the same, 1 they differ or could not be compared, 2 an option is wrong.`;

const FLAGS = {
  window: { type: "string" },
  since: { type: "string" },
  until: { type: "string" },
  tolerance: { type: "string", default: "5s" },
  watch: { type: "string" },
  stack: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

/** @param nowMs the moment by which `--since` and `--until` are checked */
export function parseOptions(argv: string[], nowMs = Date.now()): Parsed<Options> {
  return parse(
    { name: "compare", help: HELP, flags: FLAGS },
    withInterval(argv, EVERY_S),
    (values): Options => {
      const { window, since, until, watch, stack, json } = values;
      if (window !== undefined && since !== undefined)
        throw new Misuse("--window and --since cannot go together");
      if (watch !== undefined && until !== undefined)
        throw new Misuse("--watch and --until cannot go together");
      const lengthMs = durationOf("window", window ?? "15m");
      const wished = until === undefined ? (now: number) => now : moment("until", until);
      if (wished(nowMs) > nowMs) throw new Misuse(`--until cannot be "${until}": it is still to come`);
      const end = (now: number) => Math.min(wished(now), now - SETTLE_MS);
      const begin = since === undefined ? (now: number) => end(now) - lengthMs : moment("since", since);
      if (end(nowMs) - begin(nowMs) < SHORTEST_S * 1000)
        throw new Misuse(`The time to compare must be at least ${SHORTEST_S}s long`);
      return {
        window: (now) => ({ fromMs: begin(now), toMs: end(now) }),
        toleranceS: values.tolerance === "0s" ? 0 : durationOf("tolerance", values.tolerance) / 1000,
        watchEveryMs: intervalOf(watch),
        stack: stackName(stack),
        json,
      };
    },
  );
}

function moment(name: string, text: string): (nowMs: number) => number {
  const agoMs = readDuration(text);
  if (agoMs !== undefined) return (nowMs) => nowMs - agoMs;
  const fixed = Date.parse(text);
  if (Number.isNaN(fixed))
    throw new Misuse(`--${name} cannot be "${text}": it takes 30m (ago) or a time such as 2026-08-20T09:30`);
  return () => fixed;
}
