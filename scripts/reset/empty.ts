import { Engine } from "../lib/engine";
import { operate } from "../lib/operation";
import { prepare } from "../lib/prepare";
import { Screen } from "../lib/screen";
import type { ExitCode, Surroundings } from "../lib/verb";
import { up } from "../up/run";
import { type Claims, removeAll } from "./claims";

/** Mimir's ingester may take a minute to end. */
const PATIENCE = { withinMs: 180_000, everyMs: 500 };

/**
 * Takes away what keeps telemetry, by Pulumi, so that its state is right whatever happens on the way; then the volumes, which
 * outlive their releases; and brings the stack up again.
 * @param stack its name; undefined: the one selected
 */
export async function empty(
  stack: string | undefined,
  claims: Claims,
  around: Surroundings,
): Promise<ExitCode> {
  const screen = new Screen(around.out);
  const tell = (text: string) => screen.line(text);
  await prepare(tell, stack);
  const engine = (await Engine.open(stack, { make: false, tell }))!;
  const ended = "ended before all was deleted; run `npm run reset` again, or `npm run up` for what is left.";
  await operate({ screen, ended }, async (how, isToEnd) => {
    const target = await engine.keepers();
    if (target.length > 0) await engine.destroy({ ...how, target, targetDependents: true });
    await removeAll(claims, PATIENCE, { tell: (waiting) => screen.status(waiting), isToEnd });
  });
  return up({ stack: engine.name, verbose: false, json: false }, around);
}
