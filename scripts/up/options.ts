import { COMPONENTS, type Component } from "../../versions";
import { Misuse, parse, type Parsed, stackName } from "../lib/options";

/** What one run is asked to bring up. */
export interface Options {
  /** What the stack runs from now on; undefined: what its settings say. */
  components?: Component[] | "all";
  /** Whether everything is written a second time from now on; undefined: what its settings say. */
  sumoEnabled?: boolean;
  /** Name of the stack; undefined: the one selected, or `local`. */
  stack?: string;
  /** Also what Pulumi itself prints. */
  verbose: boolean;
  /** For machines: one JSON document in place of the report, and what is told meanwhile on the other stream. */
  json: boolean;
}

const HELP = `Brings the stack up, or to what its settings say; mends what a killed run, or a deleted cluster, has left.
A missing Pulumi CLI or kind is fetched into .watchtower/tools, pinned and checked.

npm run up -- [components] [options]
  tempo grafana    run these parts from now on (of ${COMPONENTS.join(", ")}); all: every part
  --stack local    the stack (default: PULUMI_STACK, the one selected, or local)
  --verbose        print what Pulumi prints, too
  --json           one JSON document in the end, and what is told meanwhile on stderr
  --help           print this

Exit code: 0 it is up, 1 it is not, 2 an option is wrong, 130 ended by Ctrl-C.`;

const FLAGS = {
  stack: { type: "string" },
  verbose: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

export function parseOptions(argv: string[]): Parsed<Options> {
  return parse(
    { name: "up", help: HELP, flags: FLAGS, words: Infinity },
    argv,
    ({ stack, verbose, json }, words) => {
      return { components: readComponents(words), stack: stackName(stack), verbose, json };
    },
  );
}

function readComponents(words: string[]): Options["components"] {
  if (words.length === 0) return undefined;
  const unknown = words.find((word) => word !== "all" && !COMPONENTS.includes(word as Component));
  if (unknown !== undefined)
    throw new Misuse(`There is no component "${unknown}": it takes ${COMPONENTS.join(", ")}, or all`);
  return words.includes("all") ? "all" : COMPONENTS.filter((name) => words.includes(name));
}
