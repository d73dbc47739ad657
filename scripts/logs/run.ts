import { redacted } from "../lib/alloy-log";
import { listPods } from "../lib/cluster";
import { Fault } from "../lib/fault";
import { isOf, type Part, requireRuns } from "../lib/parts";
import { runOnStack, type Surroundings } from "../lib/running";
import type { Stack } from "../lib/stack";
import type { ExitCode } from "../lib/verb";
import { follow, type Reading, readOnce } from "./follow";
import { type Options, parseOptions } from "./options";
import { logReader } from "./stream";

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  return runOnStack("logs", parseOptions(argv), around, async (stack, { part, ...options }) => {
    requireRuns(part, stack);
    endQuietly(around.out);
    const reading = readingOf(part, stack, around);
    if ((await reading.pods()).length === 0)
      throw new Fault(`There is no pod of ${part.name}: \`npm run status\` names what brings it back.`);
    if (!options.follow) return once(reading, options, around);
    await follow(reading, options);
    return 0;
  });
}

function readingOf(part: Part, stack: Stack, { out, err }: Surroundings): Reading {
  // It names the address of what refuses it, and that of Sumo has the token in it.
  const shown = part.name === "alloy" ? redacted : (line: string) => line;
  return {
    pods: async () => (await listPods(stack)).filter(({ metadata }) => isOf(part, metadata!.name!)),
    read: logReader(stack),
    write: (line, pod) => {
      out.write(`${part.workloads.length > 1 ? `${pod}: ` : ""}${shown(line)}\n`);
    },
    tell: (text) => void err.write(`logs: ${text}\n`),
  };
}

async function once(
  reading: Reading,
  options: Pick<Options, "tail" | "previous">,
  { err }: Surroundings,
): Promise<ExitCode> {
  const { found, missing } = await readOnce(reading, options);
  for (const { pod, why } of missing)
    err.write(
      options.previous && /previous terminated container/.test(why)
        ? `logs: ${pod} was not restarted, so there is no earlier log.\n`
        : `logs: ${pod} has no log: ${why}.\n`,
    );
  return found > 0 ? 0 : 1;
}

/** Whoever reads our output may stop early (`| head`). */
function endQuietly(out: NodeJS.WritableStream): void {
  out.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
}
