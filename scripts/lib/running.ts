import * as http from "node:http";
import * as https from "node:https";
import { parse } from "yaml";
import { containerStatus } from "./docker";
import { Fault, reasonOf } from "./fault";
import { kindClusterIn, nodeOf } from "./kind";
import type { Parsed } from "./options";
import { findStack, type Stack } from "./stack";
import { type ExitCode, runVerb, type Surroundings as Streams } from "./verb";

/** An API that is overloaded takes the connection and says nothing. */
const ANSWER_WITHIN_MS = 1_500;

/** What a verb on a running stack was started with. */
export interface Surroundings extends Streams {
  /** Finds the stack, and throws a Fault when it does not run. */
  runningStack?: (name?: string) => Promise<Stack>;
}

/** Runs a verb that works on a stack that is up; on any other it says at once what brings it up. */
export function runOnStack<O extends { stack?: string }>(
  name: string,
  parsed: Parsed<O>,
  around: Surroundings,
  body: (stack: Stack, options: O) => Promise<ExitCode>,
): Promise<ExitCode> {
  return runVerb(name, parsed, around, async (options) =>
    body(await (around.runningStack ?? runningStack)(options.stack), options),
  );
}

/** What Docker says of a container; undefined: it has none of that name. @throws Fault when Docker does not answer */
export type ContainerStatus = (container: string) => Promise<string | undefined>;

/**
 * Finds the stack, and looks whether its own cluster answers: within 3 s, for which the Kubernetes client loads too slowly.
 * @throws Fault that says what brings it up
 */
export async function runningStack(
  name?: string,
  { find = findStack, statusOf = containerStatus } = {},
): Promise<Stack> {
  const stack = await find(name);
  const { cluster } = stack;
  if (!("kubeconfig" in cluster)) return stack; // reaching another's may take its proxy or login
  const kind = kindClusterIn(cluster.kubeconfig);
  const noDocker = kind && (await nodeRuns(nodeOf(kind), statusOf));
  const why = await knock(serverIn(cluster.kubeconfig));
  if (why === undefined) return stack;
  throw (
    noDocker ??
    new Fault(
      `The cluster's API does not answer (${why}): it may be starting; if it stays so, \`npm run doctor\`.`,
    )
  );
}

/**
 * Asks Docker first: of a node that does not run it tells at once, long before the API's client is loaded.
 * @returns why Docker does not tell, which matters only where the API does not answer either
 * @throws Fault when the node is there and does not run, or is not there
 */
export async function nodeRuns(node: string, statusOf: ContainerStatus): Promise<Fault | undefined> {
  let status: string | undefined;
  try {
    status = await statusOf(node);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  if (status === "running") return undefined;
  if (status === undefined) throw new Fault("The cluster is gone: `npm run up` makes it anew.");
  throw new Fault(`The cluster is stopped (${status}): \`npm run resume\` starts it, with all its data.`);
}

/** Why nobody answers; undefined: somebody does, and what they say is the client's to find out. */
async function knock(server: string): Promise<string | undefined> {
  const { get } = server.startsWith("https:") ? https : http;
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    await new Promise((resolve, reject) => {
      get(`${server}/livez`, { signal, rejectUnauthorized: false, agent: false }, (answer) =>
        resolve(answer.resume()),
      ).on("error", reject);
    });
    return undefined;
  } catch (error) {
    return signal.aborted ? "no answer" : reasonOf(error);
  }
}

function serverIn(kubeconfig: string): string {
  const { clusters } = parse(kubeconfig) as { clusters: { cluster: { server: string } }[] };
  return clusters[0]!.cluster.server;
}
