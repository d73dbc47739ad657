import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CLUSTER_NAME, KIND_AT_WORK } from "../../values/kind";
import { Fault } from "./fault";
import { PROJECT } from "./home";
import { shortName } from "./stack-name";

/**
 * What has become of a cluster of ours; `foreign`: another has its name; `lost`: the one of its name was made by this
 * folder's stack, whose state does not know it any more.
 */
export type ClusterState = "gone" | "foreign" | "lost" | "half-made" | "stopped" | "running";

/**
 * Asks scripts/kind-cluster.sh, in the surroundings that Pulumi gave it.
 * @throws Fault that says why it cannot be known
 */
export async function clusterState(cluster: Record<string, string>): Promise<ClusterState> {
  return (await kindCluster("state", cluster)).trim() as ClusterState;
}

/**
 * Looks whether Docker and kind answer, whatever has become of the cluster.
 * @throws Fault that says why they do not
 */
export async function checkKind(cluster: Record<string, string>): Promise<void> {
  await kindCluster("check", cluster);
}

/** One of the stack's ports on 127.0.0.1. */
export interface Port {
  /** The setting that names it. */
  key: string;
  port: number;
  /** Whether something answers there, be it ours or not. */
  taken: boolean;
}

/** Asks scripts/kind-cluster.sh about ports, as it does before it makes a cluster. */
export async function portsInUse(hostPorts: Record<string, number>): Promise<Port[]> {
  const HOST_PORTS = Object.entries(hostPorts)
    .map(([key, port]) => `${key}=${port}`)
    .join(" ");
  const said = await kindCluster("ports", { CLUSTER: "", HOST_PORTS });
  return said
    .trim()
    .split("\n")
    .map((line) => {
      const [key = "", port, use] = line.split(" ");
      return { key, port: Number(port), taken: use === "taken" };
    });
}

/** Takes away what is left of a cluster of ours, in part or whole. */
export async function deleteCluster(cluster: Record<string, string>): Promise<void> {
  await kindCluster("delete", cluster);
}

/** What a cluster that no state knows is asked about by. */
export function unknownCluster(stack: string): Record<string, string> {
  return { ...OURS, OWNER: "nobody", STACK: shortName(stack), AT_WORK: KIND_AT_WORK };
}

/**
 * Takes away a cluster that this folder's stack made and no longer knows of, its state being lost.
 * @returns what was there
 */
export async function removeLost(stack: string): Promise<"nothing" | "removed" | "foreign"> {
  const said = (await kindCluster("remove-lost", unknownCluster(stack))).trim();
  return said === "removed" || said === "foreign" ? said : "nothing";
}

/** The cluster that the program makes, as far as its name goes. */
const OURS: Record<string, string> = { CLUSTER: CLUSTER_NAME };

/** The container that the cluster runs in. */
export function nodeOf(cluster = OURS): string {
  return `${cluster.CLUSTER}-control-plane`;
}

/** The context that kind writes into the user's kubeconfig for it. */
export function kindContext(cluster: { CLUSTER?: string } = OURS): string {
  return `kind-${cluster.CLUSTER}`;
}

/** The kind cluster that a kubeconfig of kind's leads to; undefined: it is of another. */
export function kindClusterIn(kubeconfig: string): { CLUSTER: string } | undefined {
  const [, CLUSTER] = /^current-context: "?kind-([\w.-]+?)"?$/m.exec(kubeconfig) ?? [];
  return CLUSTER === undefined ? undefined : { CLUSTER };
}

async function kindCluster(verb: string, cluster: Record<string, string>): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("sh", ["scripts/kind-cluster.sh", verb], {
      cwd: PROJECT,
      env: { ...process.env, ...cluster },
    });
    return stdout;
  } catch (error) {
    throw new Fault((error as { stderr: string }).stderr.trim());
  }
}
