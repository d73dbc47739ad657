import { Misuse, parse, type Parsed, stackName } from "../lib/options";

/** What one run is asked to do. */
export interface Options {
  /** How long to look for what was sent. */
  timeoutMs: number;
  /** Name of the stack; undefined: the one selected. */
  stack?: string;
  /** For machines: one JSON document in place of lines. */
  json: boolean;
}

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000 };

const HELP = `Sends one marked trace (OTLP gRPC), log record and metric (OTLP HTTP) and finds them again: in Tempo, Loki and Mimir
through Grafana, and in the counts of the second path. These show that something came through since, not what.

npm run verify -- [options]
  --timeout 30s    how long to look for what was sent, in ms, s or m (default 30s)
  --stack local    the stack (default: the one selected, or PULUMI_STACK)
  --json           one JSON document in place of lines
  --help           print this

Exit code: 0 all was found, 1 something is missing, 2 an option is wrong.`;

const FLAGS = {
  timeout: { type: "string", default: "30s" },
  stack: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

export function parseOptions(argv: string[]): Parsed<Options> {
  return parse({ name: "verify", help: HELP, flags: FLAGS }, argv, ({ timeout, stack, json }) => {
    const timeoutMs = readDuration(timeout);
    if (timeoutMs === undefined)
      throw new Misuse(`--timeout cannot be "${timeout}": it takes a time above 0 such as 500ms, 30s or 2m`);
    return { timeoutMs, stack: stackName(stack), json };
  });
}

function readDuration(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (UNIT_MS[unit] ?? NaN);
  return milliseconds > 0 ? milliseconds : undefined;
}
