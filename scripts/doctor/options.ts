import { parse, type Parsed, stackName } from "../lib/options";

/** What one run is asked to look at. */
export interface Options {
  /** Do what mends without losing anything. */
  fix: boolean;
  /** Leave out what is reached over the internet. */
  offline: boolean;
  /** Name of the stack; undefined: the one selected, or `local`. */
  stack?: string;
  /** For machines: one JSON document in place of lines. */
  json: boolean;
}

const HELP = `Looks at all that the stack needs and at what may have gone wrong with it: Docker, memory, disk, programs, state,
settings, ports, cluster, releases, chart repositories. Each line: ok, or what is wrong and what mends it.

npm run doctor -- [options]
  --fix            do what mends and loses nothing: fetch programs and plug-ins, take the lock of a dead process away,
                   start a stopped node, write the kubeconfig's context, remove Helm's records of what was cut off
  --offline        leave out chart repositories and image registries
  --stack local    the stack (default: PULUMI_STACK, the one selected, or local)
  --json           one JSON document in place of lines
  --help           print this

Exit code: 0 nothing is wrong, 1 something is, 2 an option is wrong.`;

const FLAGS = {
  fix: { type: "boolean", default: false },
  offline: { type: "boolean", default: false },
  stack: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

export function parseOptions(argv: string[]): Parsed<Options> {
  return parse({ name: "doctor", help: HELP, flags: FLAGS }, argv, ({ fix, offline, stack, json }) => {
    return { fix, offline, stack: stackName(stack), json };
  });
}
