import { parse, type Parsed, stackName } from "../lib/options";

/** What one run is asked to take away. */
export interface Options {
  /** Name of the stack; undefined: the one selected, or `local`. */
  stack?: string;
  /** Whether the stack's state or passphrase is lost, so that Pulumi cannot be asked. */
  lost: boolean;
}

const HELP = `Takes away all that the stack made: cluster, volumes, data, kubeconfig entry. Its settings stay.

npm run down -- [options]
  --lost           for a stack whose passphrase is lost: takes the cluster away by its mark in Docker, and with it the state
                   and the settings that are encrypted, which nobody can read any more
  --stack local    the stack (default: PULUMI_STACK, the one selected, or local)
  --help           print this

Exit code: 0 done, 1 not done, 2 an option is wrong, 130 ended by Ctrl-C.`;

const FLAGS = { stack: { type: "string" }, lost: { type: "boolean", default: false } } as const;

export function parseOptions(argv: string[]): Parsed<Options> {
  return parse({ name: "down", help: HELP, flags: FLAGS }, argv, ({ stack, lost }) => {
    return { stack: stackName(stack), lost };
  });
}
