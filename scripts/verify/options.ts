import type { Load } from "../lib/load";
import { durationOf, Misuse, parse, type Parsed, stackName, wholeOf } from "../lib/options";

/** What one run is asked to do. */
export interface Options {
  /** How long to look for what was sent. */
  timeoutMs: number;
  /** Name of the stack; undefined: the one selected. */
  stack?: string;
  /** For machines: one JSON document in place of lines. */
  json: boolean;
  /** Whether to look at dashboards, correlation and links, too. */
  all: boolean;
  /** How often to send one of each signal, where not once. */
  probes?: number;
  /** What to send beside it; undefined: nothing. */
  load?: Load;
}

const LOAD = { rate: "50", duration: "60s" };

const HELP = `Sends one marked trace (OTLP gRPC), log record and metric (OTLP HTTP) and finds them again: in Tempo, Loki and Mimir
through Grafana, and in the counts of the second path. These show that something came through since, not what.

npm run verify -- [options]
  --all            then sends a load, and asks every query of every dashboard and of docs/evaluating-lgtm.md, follows
                   traces to logs, logs and exemplars to traces and every link of the data sources, and compares what each
                   tells of failed requests
  --probes 50      sends one of each so often under a load, and tells how long it took until they were found
  --rate 50        requests per second of that load (default ${LOAD.rate})
  --duration 60s   how long --all sends it (default ${LOAD.duration})
  --no-load        sends no load: --all then only looks, at the last 15 minutes of a stack that is in use; --probes measures
                   the second path, too
  --timeout 30s    how long to look for what was sent, in ms, s, m or h (default 30s)
  --stack local    the stack (default: PULUMI_STACK, or the one selected)
  --json           one JSON document in place of lines
  --help           print this

Exit code: 0 all was found, 1 something is missing, 2 an option is wrong.`;

const FLAGS = {
  all: { type: "boolean", default: false },
  probes: { type: "string" },
  rate: { type: "string" },
  duration: { type: "string" },
  "no-load": { type: "boolean", default: false },
  timeout: { type: "string", default: "30s" },
  stack: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

export function parseOptions(argv: string[]): Parsed<Options> {
  return parse({ name: "verify", help: HELP, flags: FLAGS }, argv, (values): Options => {
    const { all, probes, rate, duration, stack, json, "no-load": noLoad } = values;
    const timeoutMs = durationOf("timeout", values.timeout);
    if (all && probes !== undefined) throw new Misuse("--all and --probes cannot go together");
    const withLoad = (all || probes !== undefined) && !noLoad;
    if (!all && probes === undefined && noLoad) throw new Misuse("--no-load belongs to --all or --probes");
    if (!withLoad && rate !== undefined) throw new Misuse("--rate belongs to the load of --all or --probes");
    if (!(all && withLoad) && duration !== undefined)
      throw new Misuse("--duration belongs to the load of --all");
    const count = probes === undefined ? undefined : wholeOf("probes", probes);
    const load = withLoad
      ? {
          rate: wholeOf("rate", rate ?? LOAD.rate),
          // That of the probes lasts as long as they do, which is no longer than this.
          durationMs: all ? durationOf("duration", duration ?? LOAD.duration) : count! * timeoutMs,
        }
      : undefined;
    return { timeoutMs, stack: stackName(stack), json, all, probes: count, load };
  });
}
