import { parseArgs } from "node:util";

/** What one run is asked to do. */
export interface Options {
  /** How long to look for what was sent. */
  timeoutMs: number;
  /** Name of the stack; undefined: the one selected. */
  stack?: string;
  /** For machines: one JSON document in place of lines. */
  json: boolean;
}

export type Parsed = { options: Options } | { help: string } | { fault: string };

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000 };

const HELP = `Sends one marked trace (OTLP gRPC), log record and metric (OTLP HTTP) and finds them again: in Tempo, Loki and Mimir
through Grafana, and in the counts of the second path. These show that something came through since, not what.

npm run verify -- [options]
  --timeout 30s    how long to look for what was sent, in ms, s or m (default 30s)
  --stack local    the stack (default: the one selected, or PULUMI_STACK)
  --json           one JSON document in place of lines
  --help           print this

Exit code: 0 all was found, 1 something is missing, 2 an option is wrong.`;

export function parseOptions(argv: string[]): Parsed {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        timeout: { type: "string", default: "30s" },
        stack: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) return { help: HELP };
    const timeoutMs = readDuration(values.timeout);
    if (timeoutMs === undefined)
      return fault(
        `--timeout cannot be "${values.timeout}": it takes a time above 0 such as 500ms, 30s or 2m`,
      );
    if (values.stack === "") return fault("--stack was given no name");
    return { options: { timeoutMs, stack: values.stack, json: values.json } };
  } catch (error) {
    // Node adds advice on dashes from its second sentence on.
    return fault((error as Error).message.split(/\. |\n/)[0] ?? "");
  }
}

function fault(what: string): Parsed {
  return { fault: `${what}; \`npm run verify -- --help\` lists the options.` };
}

function readDuration(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (UNIT_MS[unit] ?? NaN);
  return milliseconds > 0 ? milliseconds : undefined;
}
