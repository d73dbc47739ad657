import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CLUSTER_NAME } from "../../values/kind";
import { Fault } from "./fault";
import { PROJECT } from "./home";

/** What has become of a cluster of ours; `foreign`: another has its name. */
export type ClusterState = "gone" | "foreign" | "half-made" | "stopped" | "running";

/**
 * Asks scripts/kind-cluster.sh, in the surroundings that Pulumi gave it.
 * @throws Fault that says why it cannot be known
 */
export async function clusterState(cluster: Record<string, string>): Promise<ClusterState> {
  return (await kindCluster("state", cluster)).trim() as ClusterState;
}

/** Takes away what is left of a cluster of ours, in part or whole. */
export async function deleteCluster(cluster: Record<string, string>): Promise<void> {
  await kindCluster("delete", cluster);
}

/** The cluster that the program makes, as far as its name goes. */
const OURS: Record<string, string> = { CLUSTER: CLUSTER_NAME };

/** The container that the cluster runs in. */
export function nodeOf(cluster = OURS): string {
  return `${cluster.CLUSTER}-control-plane`;
}

/** The context that kind writes into the user's kubeconfig for it. */
export function contextOf(cluster = OURS): string {
  return `kind-${cluster.CLUSTER}`;
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
