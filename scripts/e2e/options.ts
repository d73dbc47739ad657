import { parse, type Parsed } from "../lib/options";

/** What one run is asked to do. */
export interface Options {
  /** Leave the stack as it is when a step fails. */
  keep: boolean;
}

const HELP = `Brings a stack of its own up from nothing, breaks it on purpose, and takes it away; every step is checked and timed.

npm run e2e -- [options]
  --keep    leave the stack as it is when a step fails
  --help    print this

WATCHTOWER_NODE_IMAGE   kind node image in place of kind's own
WATCHTOWER_CHARTS       folder of unpacked charts in place of their repositories

Exit code: 0 every step passed, 1 one did not, 2 an option is wrong.`;

const FLAGS = { keep: { type: "boolean", default: false } } as const;

export function parseOptions(argv: string[]): Parsed<Options> {
  return parse({ name: "e2e", help: HELP, flags: FLAGS }, argv, ({ keep }) => ({ keep }));
}
