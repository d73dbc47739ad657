import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Fault } from "./fault";

const run = promisify(execFile);

/** How long Docker may take for what it knows by itself. Docker Desktop may have to wake up first, which takes seconds. */
const INSPECT_WITHIN_MS = 5_000;
const INFO_WITHIN_MS = 10_000;

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
export async function dockerInfo(withinMs = INFO_WITHIN_MS): Promise<DockerInfo> {
  const info = JSON.parse(await ask(["info", "--format", "{{json .}}"], withinMs)) as {
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
 * Runs one command of Docker's, however long that takes.
 * @returns what it printed, trimmed
 * @throws Fault when Docker is missing or does not answer, else its own error
 */
export function docker(...args: string[]): Promise<string> {
  return ask(args);
}

/** @param timeout in ms; undefined: none */
async function ask(args: string[], timeout?: number): Promise<string> {
  const how = { env: process.env, maxBuffer: 16 * 1024 * 1024, timeout, killSignal: "SIGKILL" } as const;
  try {
    return (await run("docker", args, how)).stdout.trim();
  } catch (error) {
    const { code, signal, stderr = "" } = error as { code?: unknown; signal?: unknown; stderr?: string };
    if (code === "ENOENT")
      throw new Fault(
        "Docker is missing: install it (https://docs.docker.com/get-docker/), start it, and run this again.",
      );
    if (timeout !== undefined && signal === how.killSignal)
      throw new Fault("Docker takes the question and does not answer: restart Docker, and run this again.");
    if (SILENT.test(stderr)) throw doesNotAnswer(stderr);
    throw error;
  }
}

/** What its command says where Docker itself does not: by release, and on Docker Desktop. */
const SILENT =
  /cannot connect|failed to connect to the docker api|daemon is running|daemon running|error during connect|permission denied|manually paused/i;

/**
 * What has become of a container (`running`, `paused`, `exited`, …).
 * @returns undefined when there is none of that name
 * @throws Fault when Docker does not tell
 */
export async function containerStatus(
  name: string,
  withinMs = INSPECT_WITHIN_MS,
): Promise<string | undefined> {
  try {
    return await ask(["inspect", "--type", "container", "-f", "{{.State.Status}}", name], withinMs);
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
  if (/manually paused/i.test(said))
    return new Fault("Docker Desktop is paused: resume it in its menu, and run this again.");
  return new Fault("Docker does not answer: start Docker, and run this again.");
}
