import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type DockerInfo, dockerInfo } from "../docker";
import { type Finding, refuseWrong } from "../finding";
import { HOME } from "../home";

const GB = 1e9;

/** Bytes of memory that Docker has: below `least` the requests of the pods (2.2 GiB) do not fit, below `enough` it is tight. */
const MEMORY = { least: 4 * GB, enough: 8 * GB };

/**
 * Bytes free where Docker keeps its images: a first `up` takes the node image, five images of pods, and their volumes; below
 * `full` nothing that writes runs for long.
 */
const DOCKER_DISK = { full: 1 * GB, least: 4 * GB, enough: 10 * GB };

/** Not `docker system prune`: it takes away every container that is stopped, and a paused cluster with all its data is one. */
export const MAKE_ROOM =
  "make room (`docker image prune` and `docker builder prune` remove what Docker holds unused)";

/** Bytes free for state and logs of Pulumi's. */
const PROJECT_DISK_LEAST = 50e6;

/**
 * What kind advises is for many nodes (its known issue "too many open files"). One node with the whole stack took 34 instances and
 * 422 watches of root's (counted in /proc), which Linux's least defaults, 128 and 8,192, leave room for; 128 instances is what it ran with.
 */
const INOTIFY = {
  max_user_instances: { least: 128, advised: 512 },
  max_user_watches: { least: 8_192, advised: 524_288 },
};

/** What the stack asks of Docker. */
export interface Wanted {
  /** Whether the cluster is still to be made; one that is there needs less. */
  first: boolean;
  /** Set: the cluster's node is not kind's own. */
  nodeImage?: string;
}

/**
 * Looks whether the stack's cluster has room on this machine.
 * @returns what was found, none of it wrong
 * @throws Fault that names what is missing and how to get it
 */
export async function checkDocker(wanted: Wanted): Promise<Finding[]> {
  const found = judge(await dockerInfo(), wanted);
  refuseWrong(found);
  return found;
}

/** @param free bytes free on Docker's disk */
export function judge(info: DockerInfo, wanted: Wanted, free = freeFor(info)): Finding[] {
  return [
    { name: "Docker", state: "ok", saw: info.version },
    memoryOf(info),
    diskOf(free, wanted),
    cgroupOf(info, wanted),
  ];
}

function memoryOf({ memory }: DockerInfo): Finding {
  const name = "Docker's memory";
  const mend = "give Docker more (Docker Desktop: Settings, Resources)";
  const saw = `Docker has ${inGb(memory)} of memory`;
  if (memory < MEMORY.least)
    return {
      name,
      state: "wrong",
      saw: `${saw}, and the stack needs ${inGb(MEMORY.least)}`,
      mend: `${mend}, or run fewer parts, such as \`npm run up -- tempo grafana\` on a machine with more`,
    };
  if (memory < MEMORY.enough)
    return {
      name,
      state: "warn",
      saw: `${saw}; ${inGb(MEMORY.enough)} leave room for your own programs`,
      mend,
    };
  return { name, state: "ok", saw: `${inGb(memory)} of memory` };
}

function diskOf(free: number, { first }: Wanted): Finding {
  const name = "Docker's disk";
  const [needed, what] = first
    ? [DOCKER_DISK.least, "a first start needs"]
    : [DOCKER_DISK.full, "what runs in it needs room for its data, at least"];
  if (free < needed)
    return {
      name,
      state: "wrong",
      saw: `Docker's disk has ${inGb(free)} free, and ${what} ${inGb(needed)}`,
      mend: MAKE_ROOM,
    };
  if (free < DOCKER_DISK.enough)
    return { name, state: "warn", saw: `Docker's disk has only ${inGb(free)} free`, mend: MAKE_ROOM };
  return { name, state: "ok", saw: `${inGb(free)} of disk free` };
}

/** From Kubernetes 1.35 on the kubelet does not start on cgroup v1 (kubernetes#134298); an older node image does. */
function cgroupOf({ cgroup }: DockerInfo, { first, nodeImage }: Wanted): Finding {
  const name = "cgroup";
  if (cgroup === "2") return { name, state: "ok", saw: "cgroup v2" };
  return {
    name,
    state: first && nodeImage === undefined && cgroup === "1" ? "wrong" : "warn",
    saw: `Docker uses cgroup ${cgroup ? `v${cgroup}` : "of an unknown version"}, and Kubernetes wants v2 from 1.35 on`,
    mend: "use a system with cgroup v2, as Docker Desktop and every Linux since 2022 have it",
  };
}

/** @throws Fault when there is no room in the project's own folder */
export function checkProjectDisk(): void {
  refuseWrong([projectDisk()]);
}

/** Looks for room in the project's own folder. */
export function projectDisk(folder = HOME): Finding {
  const name = "project's disk";
  const free = freeOn(folder);
  if (free >= PROJECT_DISK_LEAST) return { name, state: "ok", saw: `${inGb(free)} free` };
  return {
    name,
    state: "wrong",
    saw: `The disk of ${folder} has ${inMb(free)} free, and the stack's state needs ${inMb(PROJECT_DISK_LEAST)}`,
    mend: "make room",
  };
}

/**
 * Looks at how many files may be watched at once; `too many open files` in the logs of pods means that it was too few.
 * @returns undefined where there is no such limit (not Linux)
 */
export function inotifyLimits(folder = "/proc/sys/fs/inotify"): Finding | undefined {
  if (!fs.existsSync(folder)) return undefined;
  const limits = Object.entries(INOTIFY).map(([limit, { least, advised }]) => {
    const set = Number(fs.readFileSync(`${folder}/${limit}`, "utf8"));
    return { limit, advised, set, tooLow: set < least };
  });
  const name = "inotify limits";
  const saw = limits.map(({ limit, set }) => `${limit} ${set}`).join(", ");
  const low = limits.filter(({ tooLow }) => tooLow);
  if (low.length === 0) return { name, state: "ok", saw };
  const words = low.map(({ limit, advised }) => `fs.inotify.${limit}=${advised}`).join(" ");
  return {
    name,
    state: "warn",
    saw: `${saw}: with so few, pods may fail with "too many open files"`,
    mend: `\`sudo sysctl ${words}\``,
  };
}

/** Where Docker runs in a machine of its own (macOS), its disk is a file in the user's home. */
function freeFor({ folder }: DockerInfo): number {
  return freeOn(process.platform === "linux" && fs.existsSync(folder) ? folder : os.homedir());
}

/** A folder that is not there yet will be on the disk of the one above it. */
function freeOn(folder: string): number {
  if (!fs.existsSync(folder)) return freeOn(path.dirname(folder));
  const { bavail, bsize } = fs.statfsSync(folder);
  return bavail * bsize;
}

function inGb(bytes: number): string {
  return `${(bytes / GB).toFixed(1)} GB`;
}

function inMb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
