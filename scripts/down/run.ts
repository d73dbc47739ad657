import type { Engine } from "../lib/engine";
import { clusterState, deleteCluster } from "../lib/kind";
import { operate } from "../lib/operation";
import { plainVerb } from "../lib/plain-verb";
import { Screen } from "../lib/screen";
import type { ExitCode, Surroundings } from "../lib/verb";

const VERB = {
  name: "down",
  does: "Takes away all that the stack made: cluster, volumes, data, kubeconfig entry. Its settings stay.",
};

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  return plainVerb(VERB, argv, around, async (engine, tell) => {
    if (engine === undefined) {
      tell("There is no such stack, so there is nothing to take away.");
      return 0;
    }
    return down(engine, around);
  });
}

/** Takes away what the engine knows of, and what it does not. */
export async function down(engine: Engine, { out }: Surroundings): Promise<ExitCode> {
  const screen = new Screen(out);
  const { cluster, interrupted } = await engine.kept();
  if (cluster) await clusterState(cluster); // says what is wrong with Docker before anything is begun
  const ended = "ended before all was taken away; `npm run down` goes on from here.";
  await operate({ screen, ended }, (how) => engine.destroy(how));
  // Pulumi knows nothing of a cluster whose making was killed, and destroys none whose replacement failed (tried with CLI
  // 3.259); one that is not ours, the script leaves.
  if (cluster) await deleteCluster(cluster);
  if (interrupted) await engine.forgetInterrupted();
  screen.line(`Watchtower is down: nothing is left of stack ${engine.name} but its settings.`);
  return 0;
}
