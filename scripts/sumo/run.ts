import { SECOND } from "../../alloy/labels";
import { containerStatus } from "../lib/docker";
import { Fault, reasonOf } from "../lib/fault";
import { readPart, requireRuns } from "../lib/parts";
import { runOnStack, type Surroundings as OnStack } from "../lib/running";
import type { Stack } from "../lib/stack";
import type { ExitCode } from "../lib/verb";
import type { Line } from "../status/line";
import { clusterReader } from "../status/reader";
import { lookAtTheirPaths } from "../status/status";
import { diskUseInNode } from "../status/volumes";
import type { Options as UpOptions } from "../up/options";
import { parseOptions } from "./options";
import { statusOf } from "./status";

/** What the program was started with. */
export interface Surroundings extends OnStack {
  /** Looks at all of the stack's paths. */
  pathsOf?: (stack: Stack) => Promise<Line[]>;
  up?: (options: UpOptions, around: OnStack) => Promise<ExitCode>;
}

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  return runOnStack("sumo", parseOptions(argv), around, async (found, { wish, stack }) => {
    requireRuns(readPart("alloy"), found);
    if (wish !== "status")
      return (around.up ?? up)({ sumoEnabled: wish === "on", stack, verbose: false, json: false }, around);
    const lines = await (around.pathsOf ?? pathsOf)(found).catch(unknown);
    const { text, ok } = statusOf(found, lines.filter(isOfSecondPath));
    around.out.write(`${text}\n`);
    return ok ? 0 : 1;
  });
}

/** As `npm run status` does. */
function pathsOf(stack: Stack): Promise<Line[]> {
  const reader = clusterReader(stack);
  return lookAtTheirPaths(stack, { reader, containerStatus, diskUse: diskUseInNode, rateOverMs: 2_000 });
}

function unknown(error: unknown): never {
  if (error instanceof Fault) throw error;
  throw new Fault(
    `Alloy does not tell how it does (${reasonOf(error)}): \`npm run status\` looks at all of it.`,
  );
}

/** All that is not told of a local one. */
function isOfSecondPath({ data }: Line): boolean {
  return data === undefined || data.exporter === SECOND;
}

/** Pulumi's SDK takes 2 s to load, which `status` can do without. */
async function up(options: UpOptions, around: OnStack): Promise<ExitCode> {
  return (await import("../up/run.js")).up(options, around);
}
