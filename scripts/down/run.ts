import { Engine } from "../lib/engine";
import { checkKind, deleteCluster, removeLost } from "../lib/kind";
import { operate } from "../lib/operation";
import { prepare } from "../lib/prepare";
import { Screen } from "../lib/screen";
import { type ExitCode, runVerb, type Surroundings } from "../lib/verb";
import { contextOf, forgetStack, tellLost } from "./lost";
import { parseOptions } from "./options";

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  return runVerb("down", parseOptions(argv), around, async ({ stack, lost }) => {
    const tell = (text: string) => void around.out.write(`${text}\n`);
    await prepare(tell, stack);
    if (lost) return forgetStack(stack, tell);
    const engine = await Engine.open(stack, { make: false, tell });
    if (engine) return down(engine, around);
    await tellLost(await Engine.nameOf(stack), tell);
    tell("There is no such stack, so there is nothing to take away.");
    return 0;
  });
}

/** Takes away what the engine knows of, and what it does not. */
export async function down(
  engine: Engine,
  { out }: Surroundings,
  look = { removeLost, contextOf },
): Promise<ExitCode> {
  const screen = new Screen(out);
  const { cluster, interrupted } = await engine.kept();
  if (cluster) await checkKind(cluster); // before anything is begun
  const ended = "ended before all was taken away; `npm run down` goes on from here.";
  await operate({ screen, ended }, (how) => engine.destroy(how));
  // Pulumi knows nothing of a cluster whose making was killed, and destroys none whose replacement failed (tried with CLI
  // 3.259); one that is not ours, the script leaves.
  if (cluster) await deleteCluster(cluster);
  else if (look.contextOf(engine.name) === undefined)
    await tellLost(engine.name, (text) => screen.line(text), look.removeLost);
  if (interrupted) await engine.forgetInterrupted();
  screen.line(`Watchtower is down: nothing is left of stack ${engine.name} but its settings.`);
  return 0;
}
