import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Fault } from "./fault";

const run = promisify(execFile);

/** What Docker says of itself. */
export interface DockerInfo {
  version: string;
  /** Bytes of memory that containers can have. */
  memory: number;
  /** The folder of images and volumes, on the machine that Docker runs on. */
  folder: string;
  /** Version of cgroup, 1 or 2. */
  cgroup?: string;
}

/**
 * Asks Docker what it is.
 * @throws Fault when it is missing, does not run, or does not let this user in
 */
export async function dockerInfo(): Promise<DockerInfo> {
  const info = JSON.parse(await docker("info", "--format", "{{json .}}")) as {
    ServerVersion?: string;
    MemTotal?: number;
    DockerRootDir?: string;
    CgroupVersion?: string;
    ServerErrors?: string[];
  };
  if (info.ServerErrors?.length || info.ServerVersion === undefined)
    throw doesNotAnswer(info.ServerErrors?.join(" ") ?? "");
  return {
    version: info.ServerVersion,
    memory: info.MemTotal ?? 0,
    folder: info.DockerRootDir ?? "",
    cgroup: info.CgroupVersion,
  };
}

/**
 * Runs one command of Docker's.
 * @returns what it printed, trimmed
 * @throws Fault when Docker is missing or does not answer, else its own error
 */
export async function docker(...args: string[]): Promise<string> {
  try {
    return (await run("docker", args, { env: process.env, maxBuffer: 16 * 1024 * 1024 })).stdout.trim();
  } catch (error) {
    const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT")
      throw new Fault(
        "Docker is missing: install it (https://docs.docker.com/get-docker/), start it, and run this again.",
      );
    if (/cannot connect|permission denied|is the docker daemon running|error during connect/i.test(stderr))
      throw doesNotAnswer(stderr);
    throw error;
  }
}

/**
 * What has become of a container (`running`, `paused`, `exited`, …).
 * @returns undefined when there is none of that name
 * @throws Fault when Docker does not tell
 */
export async function containerStatus(name: string): Promise<string | undefined> {
  try {
    return await docker("inspect", "--type", "container", "-f", "{{.State.Status}}", name);
  } catch (error) {
    if (error instanceof Fault) throw error;
    const { stderr = "" } = error as { stderr?: string };
    if (/no such (object|container)/i.test(stderr)) return undefined;
    throw new Fault(
      `Docker does not tell of the container ${name} (${stderr.trim()}): see \`docker ps -a\`.`,
    );
  }
}

function doesNotAnswer(said: string): Fault {
  if (/permission denied/i.test(said))
    return new Fault(
      "Docker does not let you in: run `sudo usermod -aG docker $USER`, log in again, and run this again.",
    );
  return new Fault("Docker does not answer: start Docker, and run this again.");
}
