import { Engine, type Kept } from "./engine";
import { Fault } from "./fault";
import { clusterState } from "./kind";
import { parse, stackName } from "./options";
import { prepare } from "./prepare";
import { type ExitCode, runVerb, type Surroundings } from "./verb";

/** A verb that works on the stack and takes no more than its name. */
export interface PlainVerb {
  name: string;
  /** What it does, as --help tells it. */
  does: string;
}

/** Runs such a verb on the stack; `body` gets none where there is no such stack. */
export function plainVerb(
  { name, does }: PlainVerb,
  argv: string[],
  around: Surroundings,
  body: (engine: Engine | undefined, tell: (text: string) => void) => Promise<ExitCode>,
): Promise<ExitCode> {
  const help = `${does}

npm run ${name} -- [options]
  --stack local    the stack (default: PULUMI_STACK, the one selected, or local)
  --help           print this

Exit code: 0 done, 1 not done, 2 an option is wrong.`;
  const parsed = parse({ name, help, flags: { stack: { type: "string" } } as const }, argv, ({ stack }) =>
    stackName(stack),
  );
  const tell = (text: string) => void around.out.write(`${text}\n`);
  return runVerb(name, parsed, around, async (stack) => {
    await prepare(tell, stack);
    return body(await Engine.open(stack, { make: false, tell }), tell);
  });
}

/**
 * The cluster that the stack made for itself, and whether it runs.
 * @throws Fault when there is none, or not a whole one
 */
export async function wholeCluster(
  engine: Engine | undefined,
): Promise<{ cluster: Record<string, string>; runs: boolean }> {
  const cluster = ownCluster(await engine?.kept());
  const state = await clusterState(cluster);
  if (state !== "running" && state !== "stopped")
    throw new Fault(`The cluster is ${state}: \`npm run up\` makes it anew.`);
  return { cluster, runs: state === "running" };
}

/**
 * The cluster that the stack made for itself.
 * @throws Fault when it has none
 */
export function ownCluster(kept: Kept | undefined): Record<string, string> {
  if (kept?.clusterUrn !== undefined && kept.cluster !== undefined) return kept.cluster;
  if (kept === undefined || kept.resources === 0)
    throw new Fault("The stack is not up: `npm run up` brings it up.");
  throw new Fault(
    "The stack runs in a cluster that is not its own (kubeContext): only the cluster's owner can stop it.",
  );
}
