import type { V1Node } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { MAKE_ROOM } from "../lib/checks/machine";
import { Fault, reasonOf } from "../lib/fault";
import { together } from "../lib/finding";
import { kindClusterIn, nodeOf } from "../lib/kind";
import { type ContainerStatus, nodeRuns } from "../lib/running";
import { contextOf, type Stack } from "../lib/stack";
import type { Line } from "./line";
import type { ClusterReader } from "./reader";

/**
 * Reaches the cluster, or says in one sentence why it cannot be reached and what mends that.
 * @returns the version of its API
 * @throws Fault
 */
export async function reach(
  { cluster }: Stack,
  reader: Pick<ClusterReader, "version">,
  statusOf: ContainerStatus,
): Promise<string> {
  const kind = "kubeconfig" in cluster ? kindClusterIn(cluster.kubeconfig) : undefined;
  const noDocker = kind && (await nodeRuns(nodeOf(kind), statusOf));
  try {
    return await reader.version();
  } catch (error) {
    if (error instanceof Fault) throw error;
    if (noDocker) throw noDocker;
    const why = `The cluster's API does not answer (${reasonOf(error)})`;
    if (kind === undefined) throw new Fault(`${why}: is the cluster running?`);
    throw new Fault(`${why}, though its node runs: it may be starting; if it stays so, \`npm run doctor\`.`);
  }
}

/** One line of the cluster and its nodes. */
export async function clusterLine(stack: Stack, version: string, reader: ClusterReader): Promise<Line> {
  const name = contextOf(stack);
  const api = { state: "ok" as const, saw: `Kubernetes ${version}` };
  try {
    const nodes = await reader.nodes();
    return { area: "cluster", ...together(name, [api, ...nodes.map(nodeFinding)]), data: { version } };
  } catch (error) {
    const unseen = { state: "warn" as const, saw: `its nodes are not known: ${reasonOf(error)}` };
    return { area: "cluster", ...together(name, [api, unseen]), data: { version } };
  }
}

function nodeFinding({ metadata, status }: V1Node) {
  const name = metadata?.name ?? "";
  const conditions = status?.conditions ?? [];
  const ready = conditions.find(({ type }) => type === "Ready");
  if (ready?.status !== "True")
    return {
      state: "wrong" as const,
      saw: `node ${name} is not ready (${ready?.message ?? "it says nothing"})`,
    };
  const pressed = conditions.filter(({ type, status }) => /Pressure$/.test(type) && status === "True");
  if (pressed.length > 0)
    return {
      state: "wrong" as const,
      saw: `node ${name}: ${pressed.map(({ type, message }) => `${type}, ${message}`).join("; ")}`,
      mend: `for the disk: ${MAKE_ROOM}; Docker Desktop gives more memory (Settings, Resources)`,
    };
  return { state: "ok" as const, saw: `node ${name} ready` };
}
