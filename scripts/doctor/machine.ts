import { checkNode } from "../lib/prepare";
import { inotifyLimits, judge, projectDisk } from "../lib/checks/machine";
import { thisPlatform } from "../lib/tools/platform";
import type { Check, Found } from "./check";
import type { Facts } from "./facts";

/** The machine itself, and what Docker has of it. */
export const MACHINE: Check[] = [
  { name: "Node", look: node },
  { name: "project's disk", look: () => Promise.resolve(projectDisk()) },
  { name: "Docker", look: docker },
  { name: "inotify limits", look: () => Promise.resolve(inotifyLimits() ?? []) },
];

function node(): Promise<Found> {
  const { node: version } = process.versions;
  const platform = thisPlatform();
  checkNode(version);
  return Promise.resolve({ name: "Node", state: "ok", saw: `${version}, on ${platform}` });
}

/** What `npm run up` looks at, too; in somebody else's cluster nothing of it matters. */
async function docker(facts: Facts): Promise<Found[]> {
  // What is wrong with settings or state, their own checks tell.
  const cluster = (await facts.settings().catch(() => undefined))?.cluster;
  if (cluster?.kind === "existing")
    return [{ name: "Docker", state: "ok", saw: `not needed: the stack runs in ${cluster.kubeContext}` }];
  const first = (await facts.kept().catch(() => undefined))?.clusterUrn === undefined;
  return judge(await facts.docker(), { first, nodeImage: cluster?.nodeImage });
}
