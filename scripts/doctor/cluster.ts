import { Fault, reasonOf } from "../lib/fault";
import { installingAnew, type Revision } from "../lib/helm-records";
import { asTyped } from "../lib/home";
import { nodeOf } from "../lib/kind";
import { type Release, releasesOf } from "../lib/parts";
import { kubectl } from "../lib/stack";
import { isHalfMade, isOurs, newestOf } from "../up/releases";
import { type Check, type Found, Unseen } from "./check";
import type { Facts } from "./facts";

/** The cluster, and what Helm keeps in it. */
export const CLUSTER: Check[] = [
  { name: "cluster", look: cluster },
  { name: "kubeconfig", look: kubeconfig },
  { name: "releases", look: releases },
];

const UP = "`npm run up`";

/** Whether the state names a cluster, and the machine has it. */
async function cluster(facts: Facts): Promise<Found> {
  const name = "cluster";
  if ((await kindOf(facts)) === "existing") return existing(facts);
  const kept = await facts.kept();
  const state = await facts.cluster();
  const wrong = (saw: string, mend: string): Found => ({ name, state: "wrong", saw, mend });
  if (kept.cluster === undefined) {
    if (state === "gone") return { name, state: "ok", saw: `none yet: ${UP} makes it` };
    if (state === "lost")
      return wrong(
        "a cluster of this stack's is there, whose state is lost",
        `\`npm run down\` removes it with its data, then ${UP}`,
      );
    return wrong(
      "a kind cluster named watchtower is there that this stack's state does not know",
      `if nobody needs what is in it, \`kind delete cluster --name watchtower\`, then ${UP}; else choose the stack it belongs to`,
    );
  }
  const node = nodeOf(kept.cluster);
  switch (state) {
    case "running":
      if (kept.clusterUrn !== undefined) return { name, state: "ok", saw: `${node} runs, and is ours` };
      return wrong("its making was cut off at the very end", `${UP} goes on from there`);
    case "stopped":
      return {
        ...wrong(`${node} is stopped`, "`npm run resume` starts it, with all its data"),
        fix: { does: `starting ${node}`, act: (status) => facts.mend.startNode(kept.cluster!, status) },
      };
    case "gone":
      return wrong(
        kept.clusterUrn === undefined ? "its making was cut off" : "the state names a cluster that is gone",
        `${UP} makes it anew`,
      );
    case "half-made":
      return wrong("it was left half-made", `${UP} makes it anew`);
    case "foreign":
    case "lost":
      return wrong(
        `the cluster named ${kept.cluster.CLUSTER} is another stack's by now`,
        `if nobody needs what is in it, \`kind delete cluster --name ${kept.cluster.CLUSTER}\`, then ${UP}`,
      );
  }
}

async function existing(facts: Facts): Promise<Found> {
  const name = "cluster";
  const { cluster } = await facts.where();
  try {
    return { name, state: "ok", saw: `${cluster.kubeContext}, Kubernetes ${await facts.api()}` };
  } catch (error) {
    if (error instanceof Fault) throw error;
    const saw = `${cluster.kubeContext} does not answer (${reasonOf(error)})`;
    return { name, state: "wrong", saw, mend: `see \`kubectl --context ${cluster.kubeContext} version\`` };
  }
}

/** kubectl, and our own waiting for pods, go by what kind wrote into the user's kubeconfig. */
async function kubeconfig(facts: Facts): Promise<Found | Found[]> {
  const name = "kubeconfig";
  if (!(await isUp(facts))) return [];
  const { cluster } = await facts.where();
  try {
    return { name, state: "ok", saw: `${cluster.kubeContext} answers, Kubernetes ${await facts.api()}` };
  } catch (error) {
    const { CLUSTER = "" } = (await facts.kept()).cluster ?? {};
    const write = `\`${asTyped(`kind export kubeconfig --name ${CLUSTER}`)}\``;
    if (error instanceof Fault)
      return {
        name,
        state: "wrong",
        saw: `it has no context ${cluster.kubeContext}`,
        mend: write,
        fix: {
          does: `writing the context ${cluster.kubeContext} into it`,
          act: () => facts.mend.writeContext(CLUSTER),
        },
      };
    return {
      name,
      state: "wrong",
      saw: `${cluster.kubeContext} does not answer (${reasonOf(error)}), though its node runs`,
      mend: `wait a minute, if it was just started; else ${write}, or \`npm run pause && npm run resume\``,
    };
  }
}

/** What Helm has recorded of the stack's releases, and what it is measured by. */
interface Records {
  revisions: Revision[];
  /** Of the releases that the program may make, the newest revision of each. */
  newest: Map<string, Revision>;
  /** Those that Pulumi's state has. */
  known: ReadonlySet<string>;
  where: Awaited<ReturnType<Facts["where"]>>;
}

/** Releases that Helm would refuse to touch, or that should be there and are not. */
async function releases(facts: Facts): Promise<Found | Found[]> {
  const name = "releases";
  if ((await kindOf(facts)) === "kind" && !(await isUp(facts))) return [];
  const { releases: known, resources } = await facts.kept();
  if (resources === 0) return [];
  const revisions = await facts.revisions().catch((error: unknown) => {
    throw new Unseen(`not looked at: ${reasonOf(error)}`);
  });
  const lock = await facts.lock();
  if (lock && lock.living.length > 0) throw new Unseen("not looked at, since a run is at work on them");

  const newest = newestOf(revisions.filter(({ release }) => isOurs(release)));
  const records = { revisions, newest, known, where: await facts.where() };
  const { components, sumo } = await facts.settings();
  const wanted = releasesOf({ components, sumoDestination: sumo.destination });
  const wrong =
    cutOff(records, lock && facts.mend) ??
    failed(records) ??
    notDeployed(records) ??
    notInstalled(records, wanted);
  if (wrong) return { name, state: "wrong", ...wrong };
  return { name, state: "ok", saw: [...newest.keys()].sort().join(", ") };
}

type Wrong = Pick<Found, "saw" | "mend" | "fix">;

/** @param mending undefined: nobody can look whether a run is at work on them */
function cutOff(
  { revisions, known, where }: Records,
  mending: Pick<Facts["mend"], "forgetHalfMade"> | undefined,
): Wrong | undefined {
  const stuck = revisions.filter((revision) => isHalfMade(revision, known));
  if (stuck.length === 0) return undefined;
  const saw = `Helm was cut off in the middle of ${told(stuck)}`;
  if (mending === undefined) {
    const secrets = stuck.map(({ secret }) => secret).join(" ");
    return {
      saw,
      mend: `if no run is under way, \`${kubectl(where)} delete secret ${secrets}\`, then ${UP}`,
    };
  }
  return {
    saw,
    mend: `\`npm run doctor -- --fix\`, then ${UP}`,
    fix: {
      does: "removing Helm's records of what was cut off",
      act: () => mending.forgetHalfMade(known, where),
    },
  };
}

function failed({ newest, where }: Records): Wrong | undefined {
  const names = [...newest.values()]
    .filter(({ status }) => status === "failed")
    .map(({ release }) => release);
  if (names.length === 0) return undefined;
  return {
    saw: `${names.join(", ")} failed`,
    mend: `see \`${kubectl(where)} get pods\` for why, then ${UP}`,
  };
}

/** Half removed, or removed with its history kept. */
function notDeployed({ newest, where }: Records): Wrong | undefined {
  const stuck = [...newest.values()].filter(({ status }) => status !== "deployed");
  if (stuck.length === 0) return undefined;
  const names = stuck.map(({ release }) => release);
  return { saw: `not deployed: ${told(stuck)}`, mend: installingAnew(names, where) };
}

function notInstalled({ newest, known }: Records, wanted: Release[]): Wrong | undefined {
  const missing = wanted.filter((part) => !newest.has(part));
  if (missing.length === 0) return undefined;
  return {
    saw: `not installed: ${missing.join(", ")}`,
    // What was uninstalled by hand, the state still has, and `up` would not look.
    mend: missing.some((part) => known.has(part)) ? `\`${asTyped("pulumi refresh --yes")}\`, then ${UP}` : UP,
  };
}

function told(revisions: Revision[]): string {
  return revisions.map(({ release, status }) => `${release} (${status})`).join(", ");
}

async function kindOf(facts: Facts): Promise<"kind" | "existing"> {
  const settings = await facts.settings().catch(() => undefined); // its own check tells
  return settings?.cluster.kind ?? "kind";
}

/** Whether there is a cluster of ours that runs; what it is like if not, its own check tells. */
async function isUp(facts: Facts): Promise<boolean> {
  return (await kindOf(facts)) === "kind" && (await facts.cluster().catch(() => "gone")) === "running";
}
