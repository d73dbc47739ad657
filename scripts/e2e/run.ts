import { docker } from "../lib/docker";
import { Fault } from "../lib/fault";
import { nodeOf } from "../lib/kind";
import { prepare } from "../lib/prepare";
import { elapsed } from "../lib/screen";
import { coloured } from "../lib/colours";
import { type ExitCode, runVerb, type Surroundings } from "../lib/verb";
import { Bench } from "./bench";
import { parseOptions } from "./options";
import { type Step, STEPS } from "./steps";

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  const tell = (text: string) => void around.out.write(`${coloured(around.out, text)}\n`);
  return runVerb("e2e", parseOptions(argv), around, async ({ keep }) => {
    await prepare(tell);
    await refuseToBreakAnother();
    const bench = new Bench();
    const failed = await runAll(STEPS, bench, tell);
    if (failed === undefined) {
      bench.remove();
      return 0;
    }
    around.err.write(`e2e: ${failed.message}\ne2e: all that was printed is in ${bench.log}\n`);
    if (keep) tell("The stack is left as it is: PULUMI_STACK=e2e, and see the log.");
    else {
      await bench.npmRun("down");
      bench.remove();
    }
    return 1;
  });
}

/** The cluster's name and ports are the user's own stack's, too. */
export async function refuseToBreakAnother(): Promise<void> {
  const nodes = await docker("ps", "--all", "--quiet", "--filter", `name=${nodeOf()}`);
  if (nodes !== "")
    throw new Fault(
      "A stack is up, and this test starts from nothing: `npm run down` takes it away, with its data.",
    );
}

/** Runs steps until one fails, and tells the time of each. */
export async function runAll(
  steps: Step[],
  bench: Bench,
  tell: (text: string) => void,
): Promise<Error | undefined> {
  const beganAt = Date.now();
  for (const { name, run } of steps) {
    const stepBeganAt = Date.now();
    try {
      await run(bench);
      tell(`ok      ${elapsed(stepBeganAt)}  ${name}`);
    } catch (error) {
      tell(`FAILED  ${elapsed(stepBeganAt)}  ${name}`);
      return error as Error;
    }
  }
  tell(`passed  ${elapsed(beganAt)}  all ${steps.length} steps`);
  return undefined;
}
