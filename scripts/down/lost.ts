import { NAMESPACE } from "../../values/shared";
import { ALLOY } from "../../values/alloy";
import { Engine } from "../lib/engine";
import { PROJECT } from "../lib/home";
import { removeLost } from "../lib/kind";
import { settingsOf } from "../lib/settings";
import { forgetSecrets } from "../lib/stack-config";
import type { ExitCode } from "../lib/verb";

/** Takes away what is left of a stack that Pulumi cannot be asked about: nobody has its passphrase. */
export async function forgetStack(
  given: string | undefined,
  tell: (text: string) => void,
): Promise<ExitCode> {
  const stack = await Engine.nameOf(given);
  await tellLost(stack, tell); // first: what knows of the cluster must not go before it
  const commands = leftElsewhere(stack);
  await Engine.forget(stack);
  const gone = forgetSecrets(PROJECT, stack);
  tell(`The state of stack ${stack} is forgotten, with what its passphrase was known by.`);
  if (gone.length > 0) tell(`These settings were encrypted, and have to be set again: ${gone.join(", ")}.`);
  if (commands.length > 0)
    tell(["What it left in its cluster is yours to remove:", ...commands].join("\n  "));
  tell("`npm run up` starts anew.");
  return 0;
}

/** Takes away a cluster that the stack made and no longer knows of, and tells what there was. */
export async function tellLost(
  stack: string,
  tell: (text: string) => void,
  remove = removeLost,
): Promise<void> {
  const found = await remove(stack);
  if (found === "removed")
    tell("A cluster was there whose state is lost, made by this stack: it is removed.");
  if (found === "foreign")
    tell("A kind cluster named watchtower is there that this stack did not make: left as it is.");
}

/** On a cluster that is not ours only its owner knows whether that is still the one, and may remove things from it. */
function leftElsewhere(stack: string): string[] {
  const context = contextOf(stack);
  if (context === undefined) return [];
  const kubectl = `kubectl --context ${context} delete`;
  return [
    `${kubectl} namespace ${NAMESPACE}`,
    `${kubectl} clusterrole,clusterrolebinding ${ALLOY.clusterRole} --ignore-not-found`,
  ];
}

/** The cluster that is not ours which the settings name; undefined: the stack makes its own. */
export function contextOf(stack: string): string | undefined {
  try {
    const { cluster } = settingsOf(stack);
    return cluster.kind === "existing" ? cluster.kubeContext : undefined;
  } catch {
    return undefined; // settings that are wrong keep nobody from starting anew
  }
}
