import { requireRuns } from "../lib/parts";
import { runOnStack, type Surroundings } from "../lib/running";
import { Screen } from "../lib/screen";
import type { ExitCode } from "../lib/verb";
import { parseOptions } from "./options";
import { restart, workloadsOf } from "./rollout";

const LOOK_EVERY_MS = 500;

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  return runOnStack("restart", parseOptions(argv), around, async (stack, { part, timeoutMs }) => {
    requireRuns(part, stack);
    const screen = new Screen(around.out);
    const beganAt = Date.now();
    const patience = { withinMs: timeoutMs, everyMs: LOOK_EVERY_MS };
    try {
      await restart(await workloadsOf(part, stack), patience, (waiting) => screen.status(waiting));
    } finally {
      screen.clear();
    }
    screen.line(`${part.name} is ready again after ${((Date.now() - beganAt) / 1_000).toFixed(1)} s.`);
    return 0;
  });
}
