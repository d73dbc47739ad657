import * as path from "node:path";
import { RunError } from "@pulumi/pulumi";
import { Fault } from "../lib/fault";
import { record } from "../lib/record";
import { parseOptions } from "./options";
import { planOf } from "./plan";
import { readStackConfig } from "./stack-config";
import { planText } from "./text";

/** What the program was started with. */
export interface Surroundings {
  /** The result. */
  out: NodeJS.WritableStream;
  /** What kept it from having one. */
  err: NodeJS.WritableStream;
  /** Where the project's and the stacks' files are. Default: this project. */
  folder?: string;
}

const PROJECT = path.resolve(__dirname, "../..");

/** The whole program; resolves to the exit code. */
export async function run(argv: string[], { out, err, folder = PROJECT }: Surroundings): Promise<0 | 1 | 2> {
  const parsed = parseOptions(argv);
  if ("help" in parsed) {
    out.write(`${parsed.help}\n`);
    return 0;
  }
  if ("fault" in parsed) {
    err.write(`plan: ${parsed.fault}\n`);
    return 2;
  }
  const { stack, json, given } = parsed.options;
  try {
    const { config, secretKeys, notes } = readStackConfig(folder, stack, given);
    const plan = planOf(stack, await record(config, secretKeys), notes);
    out.write(`${json ? JSON.stringify(plan, null, 2) : planText(plan)}\n`);
    return 0;
  } catch (error) {
    if (error instanceof Fault) err.write(`plan: ${error.message}\n`);
    else if (RunError.isInstance(error)) err.write(`${error.message}\n`);
    else throw error;
    return 1;
  }
}
