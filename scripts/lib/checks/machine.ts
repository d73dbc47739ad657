import * as fs from "node:fs";
import * as os from "node:os";
import { type DockerInfo, dockerInfo } from "../docker";
import { Fault } from "../fault";
import { HOME } from "../home";

const GB = 1e9;

/** Bytes of memory that Docker has: below `least` the requests of the pods (2.2 GiB) do not fit, below `enough` it is tight. */
const MEMORY = { least: 4 * GB, enough: 8 * GB };

/** Bytes free where Docker keeps its images: a first `up` takes the node image, five images of pods, and their volumes. */
const DOCKER_DISK = { least: 4 * GB, enough: 10 * GB };

/** Bytes free for state and logs of Pulumi's. */
const PROJECT_DISK_LEAST = 50e6;

/** What was found: what it is like, and what is tight about it. */
export interface Found {
  is: string;
  warnings: string[];
}

/**
 * Looks whether the stack's cluster has room on this machine.
 * @param first whether the cluster is still to be made; one that is there is not kept from running
 * @throws Fault that names what is missing and how to get it
 */
export async function checkDocker(first: boolean): Promise<Found> {
  const info = await dockerInfo();
  return judge(info, freeFor(info), first);
}

/** @param free bytes free on Docker's disk */
export function judge({ version, memory }: DockerInfo, free: number, first: boolean): Found {
  const warnings: string[] = [];
  if (memory < MEMORY.least)
    throw new Fault(
      `Docker has ${inGb(memory)} of memory, and the stack needs ${inGb(MEMORY.least)}: give Docker more (Docker Desktop: Settings, Resources), or run fewer parts, such as \`npm run up -- tempo grafana\` on a machine with more.`,
    );
  if (memory < MEMORY.enough)
    warnings.push(
      `Docker has ${inGb(memory)} of memory; ${inGb(MEMORY.enough)} leave room for your own programs.`,
    );
  if (free < DOCKER_DISK.least && first)
    throw new Fault(
      `Docker's disk has ${inGb(free)} free, and a first start needs ${inGb(DOCKER_DISK.least)}: make room (\`docker system prune\` removes what Docker holds unused), and run this again.`,
    );
  if (free < DOCKER_DISK.enough) warnings.push(`Docker's disk has only ${inGb(free)} free.`);
  return { is: `Docker ${version}: ${inGb(memory)} of memory, ${inGb(free)} of disk free`, warnings };
}

/** @throws Fault when there is no room in the project's own folder */
export function checkProjectDisk(folder = HOME): void {
  const free = freeOn(folder);
  if (free < PROJECT_DISK_LEAST)
    throw new Fault(
      `The disk of ${folder} has ${inMb(free)} free, and the stack's state needs ${inMb(PROJECT_DISK_LEAST)}: make room, and run this again.`,
    );
}

/** Where Docker runs in a machine of its own (macOS), its disk is a file in the user's home. */
function freeFor({ folder }: DockerInfo): number {
  return freeOn(process.platform === "linux" && fs.existsSync(folder) ? folder : os.homedir());
}

function freeOn(folder: string): number {
  const { bavail, bsize } = fs.statfsSync(folder);
  return bavail * bsize;
}

function inGb(bytes: number): string {
  return `${(bytes / GB).toFixed(1)} GB`;
}

function inMb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
