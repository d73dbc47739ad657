import { setTimeout as sleep } from "node:timers/promises";
import { ALLOY } from "../../values/alloy";
import { routeReader, type Routes } from "./cluster";
import { containerStatus, docker } from "./docker";
import { Fault } from "./fault";
import { kindContext, nodeOf } from "./kind";
import { waitUntil } from "./wait";
import { strayServices, waitingPods } from "./waiting";

/** For what is left in the node then; the cluster's own API server alone would take half a minute. */
const STOP_WITHIN_S = 10;

/**
 * Ends what keeps data as a machine does that shuts down: the kubelet first, which would start it anew, then a SIGTERM to
 * each such process of a pod, and 30 s for them to end. Docker's stop alone is a SIGKILL to them wherever the node's first
 * process does not hand it on, and costs the spans that Tempo has in memory. Alloy goes first: what it is sending is answered.
 * `$1`: the folder of processes
 */
export const END_KEEPERS = `
  waited=0
  end() {
    pids=
    for file in $(grep -ls kubepods "$1"/[0-9]*/cgroup); do
      process=\${file%/cgroup}
      grep -Eqx "$2" "$process/comm" || continue
      kill -TERM "\${process##*/}"
      pids="$pids \${process##*/}"
    done
    for pid in $pids; do
      while [ "$waited" -lt 300 ] && kill -0 "$pid"; do
        sleep 0.1
        waited=$((waited + 1))
      done
    done
  } 2> /dev/null
  systemctl stop kubelet
  end "$1" alloy
  end "$1" "tempo|loki|mimir|grafana"`;

/**
 * Lets nobody into Alloy any more, and waits until its connections have ended (`alloy/ingest.alloy`: 2.2 s at most): ending
 * it would cut off requests that one path has and the other has not. The rule is gone when the node starts again.
 */
const CLOSE_DOOR = `
  for port in ${ALLOY.otlp.grpc} ${ALLOY.otlp.http}; do
    iptables -w -I FORWARD -p tcp --syn --dport "$port" -j REJECT --reject-with tcp-reset
  done
  sleep 3`;

/** Loki, Mimir and Tempo replay what they have written; measured 32 to 39 s. */
const READY_WITHIN_MS = 300_000;

/** kube-proxy takes over what it is told at most once a second. */
const ROUTES_SETTLE_MS = 1_500;

/** A script in the node, put there by kind-cluster.sh. */
const KEEP_POD_TRAFFIC_INSIDE = "/kind/watchtower-routes";

/** Stops the node; all data stays in it, and Docker leaves it off when it is itself restarted. */
export async function stopNode(cluster: Record<string, string>): Promise<void> {
  const node = nodeOf(cluster);
  // What does not go well here ends with the node.
  const inNode = (...script: string[]) => docker("exec", node, "sh", "-c", ...script).catch(() => undefined);
  await inNode(CLOSE_DOOR);
  await inNode(END_KEEPERS, "sh", "/proc");
  await docker("stop", "--time", String(STOP_WITHIN_S), node).catch((error: unknown) => {
    throw refusal("stop", node, error);
  });
}

/**
 * Starts the node, and waits until every pod has come up since and is ready.
 * @throws Fault that names the pods that are not
 */
export async function startNode(
  cluster: Record<string, string>,
  tell: (text: string) => void,
): Promise<void> {
  const node = nodeOf(cluster);
  await wake(node);
  await keepPodTrafficInside(cluster);
  const startedAt = new Date(await docker("inspect", "-f", "{{.State.StartedAt}}", node));
  const readRoutes = routeReader({ kubeContext: kindContext(cluster) });
  const why = await waitUntil(
    async () => {
      const missing = notUpSince(startedAt, await readRoutes());
      if (missing !== undefined) tell(`waiting for ${missing}`);
      return missing;
    },
    { withinMs: READY_WITHIN_MS, everyMs: 500 },
  );
  if (why !== undefined) throw new Fault(`The node runs, but not all of the stack does: ${why}.`);
  await sleep(ROUTES_SETTLE_MS);
}

/** A restart takes the node's routes away; the kubelet brings ours back, too, where systemd starts it. */
export async function keepPodTrafficInside(cluster: Record<string, string>): Promise<void> {
  // Absent where an earlier version made the node.
  await docker("exec", nodeOf(cluster), KEEP_POD_TRAFFIC_INSIDE).catch(() => undefined);
}

/**
 * Starts a container, or lets one that is paused go on: Docker refuses to start that.
 * @throws Fault that says why Docker does not
 */
export async function wake(node: string): Promise<void> {
  const how = (await containerStatus(node)) === "paused" ? "unpause" : "start";
  await docker(how, node).catch((error: unknown) => {
    throw refusal("start", node, error);
  });
}

/** Docker's own words are those of its daemon; its command adds a line that only says that it failed. */
function refusal(what: string, node: string, error: unknown): Fault {
  if (error instanceof Fault) return error;
  const lines = (error as { stderr: string }).stderr.trim().split("\n");
  const said = lines.find((line) => line.startsWith(DAEMON)) ?? lines.at(-1)!;
  const [, port] = /\d:(\d+)\b.*already (?:allocated|in use)/.exec(said) ?? [];
  if (port === undefined)
    return new Fault(
      `Docker does not ${what} ${node} (${said.replace(DAEMON, "").trim()}): mend what it says, and run this again.`,
    );
  return new Fault(
    `Docker does not ${what} ${node}, since port ${port} is taken by another program: \`npm run doctor\` says by which; stop that, and run this again.`,
  );
}

const DAEMON = "Error response from daemon:";

/**
 * What has not come up since: pods first, then the services that lead to them. Until the kubelet has looked, the API still
 * tells of the containers from before.
 * @returns undefined when all has
 */
export function notUpSince(startedAt: Date, { pods, slices }: Routes): string | undefined {
  if (pods.length === 0) return "the cluster's API";
  const old = pods.filter(
    ({ status }) =>
      status?.phase !== "Succeeded" &&
      status?.containerStatuses?.some(
        ({ state }) => !state?.running || new Date(state.running.startedAt!) < startedAt,
      ),
  );
  const waiting = waitingPods(pods, []).map(({ pod, why = "starting" }) => `${pod} (${why})`);
  const names = [...old.map(({ metadata }) => `${metadata?.name} (starting)`), ...waiting];
  if (names.length > 0) return [...new Set(names)].join(", ");
  const stray = strayServices(pods, slices);
  return stray.length === 0 ? undefined : `the way to ${stray.join(", ")}`;
}
