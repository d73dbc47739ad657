import { durationOf, Misuse, parse, type Parsed, stackName } from "../lib/options";
import { type Part, PART_NAMES, readPart } from "../lib/parts";

/** What one run is asked to restart. */
export interface Options {
  part: Part;
  /** How long to wait until all of it is ready. */
  timeoutMs: number;
  /** Name of the stack; undefined: the one selected. */
  stack?: string;
}

const HELP = `Restarts a component, and waits until it is ready again: new pods take the place of those there are (a rollout). Its data
stays, and what comes in meanwhile waits in Alloy's queues on disk; while Alloy itself restarts, senders have to try again.

npm run restart -- <component> [options]
  loki             ${PART_NAMES}
  --timeout 5m     how long to wait, in ms, s or m (default 5m)
  --stack local    the stack (default: PULUMI_STACK, or the one selected)
  --help           print this

Exit code: 0 it is ready again, 1 it is not, 2 an option is wrong.`;

const FLAGS = { timeout: { type: "string", default: "5m" }, stack: { type: "string" } } as const;

export function parseOptions(argv: string[]): Parsed<Options> {
  return parse({ name: "restart", help: HELP, flags: FLAGS, words: 1 }, argv, (values, [name]) => {
    if (name === undefined) throw new Misuse(`Name a component: ${PART_NAMES}`);
    const timeoutMs = durationOf("timeout", values.timeout);
    return { part: readPart(name), timeoutMs, stack: stackName(values.stack) };
  });
}
