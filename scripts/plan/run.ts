import { PROJECT } from "../lib/home";
import { record } from "../lib/record";
import { readStackConfig } from "../lib/stack-config";
import { type ExitCode, inJson, runVerb, type Surroundings } from "../lib/verb";
import { parseOptions } from "./options";
import { planOf } from "./plan";
import { planText } from "./text";

/** The whole program; resolves to the exit code. */
export function run(
  argv: string[],
  // Where the project's and the stacks' files are. Default: this project.
  around: Surroundings & { folder?: string },
): Promise<ExitCode> {
  return runVerb("plan", parseOptions(argv), around, async ({ stack, json, given }) => {
    const { config, secretKeys, notes } = readStackConfig(around.folder ?? PROJECT, stack, given);
    const plan = planOf(stack, await record(config, secretKeys), notes);
    around.out.write(json ? inJson(plan) : `${planText(plan)}\n`);
    return 0;
  });
}
