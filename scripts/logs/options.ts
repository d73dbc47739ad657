import { Misuse, parse, type Parsed, stackName } from "../lib/options";
import { type Part, PART_NAMES, readPart } from "../lib/parts";

/** What one run is asked to show. */
export interface Options {
  part: Part;
  /** How many of the last lines of each log; undefined: all of them. */
  tail?: number;
  /** Go on with what is written from now on, and with pods that come. */
  follow: boolean;
  /** The log from before the last restart of each container. */
  previous: boolean;
  /** Name of the stack; undefined: the one selected. */
  stack?: string;
}

const HELP = `Shows what a component writes to its log, and goes on until Ctrl-C, also with the pods that take over from those there
are. Addresses in Alloy's log are left out, since Sumo's has the token in it.

npm run logs -- [component] [options]
  grafana          ${PART_NAMES} (default: alloy)
  --tail 100       how many of the last lines to begin with, or all (default 100)
  --no-follow      end after these
  --previous       the log from before the last restart of the container
  --stack local    the stack (default: PULUMI_STACK, or the one selected)
  --help           print this

Exit code: 0 done, 1 there is no such log, 2 an option is wrong.`;

const FLAGS = {
  tail: { type: "string", default: "100" },
  "no-follow": { type: "boolean", default: false },
  previous: { type: "boolean", default: false },
  stack: { type: "string" },
} as const;

export function parseOptions(argv: string[]): Parsed<Options> {
  return parse({ name: "logs", help: HELP, flags: FLAGS, words: 1 }, argv, (values, words) => {
    const { tail, "no-follow": noFollow, previous, stack } = values;
    if (!/^(all|\d{1,6})$/.test(tail))
      throw new Misuse(`--tail cannot be "${tail}": it takes a number, or all`);
    return {
      part: readPart(words[0] ?? "alloy"),
      tail: tail === "all" ? undefined : Number(tail),
      follow: !noFollow && !previous,
      previous,
      stack: stackName(stack),
    };
  });
}
