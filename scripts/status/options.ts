import { parse, type Parsed, stackName } from "../lib/options";
import { intervalOf, withInterval } from "../lib/watch";

/** What one run is asked to show. */
export interface Options {
  /** Look again and again, so long after the last look; undefined: once. */
  watchEveryMs?: number;
  /** Name of the stack; undefined: the one selected. */
  stack?: string;
  /** For machines: one JSON document in place of the screen, and with --watch one a line. */
  json: boolean;
}

const EVERY_S = 5;

const HELP = `Shows the whole stack on one screen: cluster, Helm releases, pods, volumes, addresses, and what flows on both
paths. Each part is asked itself, and one that does not answer is not shown as well.

npm run status -- [options]
  --watch [${EVERY_S}]      look again so many seconds after each look, until Ctrl-C
  --stack local    the stack (default: PULUMI_STACK, or the one selected)
  --json           one JSON document in place of the screen; with --watch one a line
  --help           print this

Exit code: 0 nothing is wrong, 1 something is, 2 an option is wrong, 130 ended by Ctrl-C.`;

const FLAGS = {
  watch: { type: "string" },
  stack: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

export function parseOptions(argv: string[]): Parsed<Options> {
  return parse(
    { name: "status", help: HELP, flags: FLAGS },
    withInterval(argv, EVERY_S),
    ({ watch, stack, json }): Options => ({
      watchEveryMs: intervalOf(watch),
      stack: stackName(stack),
      json,
    }),
  );
}
