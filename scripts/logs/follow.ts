import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { type LogQuery, type ReadLog, Refusal } from "./stream";

/** What is read, and where it goes. */
export interface Reading {
  /** The pods there are now. */
  pods: () => Promise<V1Pod[]>;
  read: ReadLog;
  /** Takes a line of a pod's log. */
  write: (line: string, pod: string) => void;
  /** Takes word of a pod that has taken over. */
  tell: (text: string) => void;
}

/** One container that has begun to write. */
interface Writer extends Pick<LogQuery, "pod" | "container"> {
  /** Another one after each restart. */
  id: string;
  runs: boolean;
}

/** A pod that has no such log. */
export interface Missing {
  pod: string;
  /** In the cluster's own words. */
  why: string;
}

/** Reads each log once, to its present end. */
export async function readOnce(
  { pods, read, write }: Reading,
  query: Pick<LogQuery, "tail" | "previous">,
): Promise<{ found: number; missing: Missing[] }> {
  const missing: Missing[] = [];
  const all = await pods();
  for (const { metadata, spec } of all) {
    const pod = metadata!.name!;
    const container = spec!.containers[0]!.name;
    try {
      await read({ pod, container, follow: false, ...query }, (line) => write(line, pod));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      missing.push({ pod, why: error.message });
    }
  }
  return { found: all.length - missing.length, missing };
}

/**
 * Reads on and on, whatever container writes: also one that was restarted, and the pod that takes over.
 * @throws Fault when the cluster does not answer any more
 */
export async function follow(
  { pods, read, write, tell }: Reading,
  { tail }: Pick<LogQuery, "tail">,
  everyMs = 1_000,
  until: () => boolean = () => false,
): Promise<void> {
  /** By the container's id: when its log ended, if it has. */
  const known = new Map<string, { endedAt?: Date }>();
  for (let first = true; !until(); first = false) {
    for (const { id, pod, container, runs } of writersIn(await pods())) {
      const state = known.get(id);
      if (state && !(state.endedAt && runs)) continue;
      if (!first && !state) tell(`now of ${pod}`);
      const reading = {};
      known.set(id, reading);
      const query = { pod, container, follow: true, previous: false, since: state?.endedAt };
      void read({ ...query, ...(first && { tail }) }, (line) => write(line, pod))
        .catch(() => undefined) // looked at anew in the next round
        .then(() => known.set(id, { endedAt: new Date() }));
    }
    await sleep(everyMs);
  }
}

/** The first container of each pod; others only help it (Alloy's reloader). One that keeps ending has its last log. */
function writersIn(pods: V1Pod[]): Writer[] {
  return pods.flatMap(({ metadata, spec, status }) => {
    const container = spec?.containers[0]?.name ?? "";
    const { containerID, state } = status?.containerStatuses?.find(({ name }) => name === container) ?? {};
    if (!containerID) return []; // not begun yet
    return [{ id: containerID, pod: metadata!.name!, container, runs: state?.running !== undefined }];
  });
}
