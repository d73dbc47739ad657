import { parse, type Parsed, stackName } from "../lib/options";

/** What one run is asked to do. */
export interface Options {
  /** Do not ask first. */
  yes: boolean;
  /** Name of the stack; undefined: the one selected. */
  stack?: string;
}

const HELP = `Deletes all telemetry that the stack keeps, and what waits in Alloy's queues, also for Sumo. Settings, cluster and images
stay, and Grafana with its users and dashboards of your own. It says what it will delete, and asks.

npm run reset -- [options]
  --yes            do not ask
  --stack local    the stack (default: PULUMI_STACK, or the one selected)
  --help           print this

While it works, senders have to try again. Cut off in the middle, run it again; \`npm run up\` brings the stack up as it is.
Exit code: 0 the stack is up and empty, 1 it is not, 2 an option is wrong, 130 ended by Ctrl-C.`;

const FLAGS = { yes: { type: "boolean", default: false }, stack: { type: "string" } } as const;

export function parseOptions(argv: string[]): Parsed<Options> {
  return parse({ name: "reset", help: HELP, flags: FLAGS }, argv, ({ yes, stack }) => ({
    yes,
    stack: stackName(stack),
  }));
}
