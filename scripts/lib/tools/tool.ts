import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import * as semver from "semver";
import { type PinnedTool, TOOLS, type ToolName } from "../../../versions";
import { Fault } from "../fault";
import { HOME, toolFolder } from "../home";
import { howMuch } from "../screen";
import { download, type Download } from "./download";
import { thisPlatform } from "./platform";

/** A program that is at hand. */
export interface Tool {
  name: ToolName;
  version: string;
  /** Whether it is the one that Watchtower put in place. */
  ours: boolean;
}

const run = promisify(execFile);

/**
 * Finds a program: ours, or the user's where it is new enough; else puts the pinned one in place, whole or not at all.
 * @param tell is told before something is fetched
 * @param pinned what to fetch, and what will do
 * @throws Fault when it cannot be had
 */
export async function ensureTool(
  name: ToolName,
  tell: (text: string) => void,
  home = HOME,
  pinned: PinnedTool = TOOLS[name],
): Promise<Tool> {
  const there = await findTool(name, home, pinned);
  if ("version" in there) return there;
  tell(`${name} ${there.why}: fetching ${pinned.version}`);
  await install(name, pinned, home, tell);
  return { name, version: pinned.version, ours: true };
}

/** Finds a program that will do, or says why there is none. */
export async function findTool(
  name: ToolName,
  home = HOME,
  pinned: PinnedTool = TOOLS[name],
): Promise<Tool | { why: string }> {
  if (fs.existsSync(toolFolder(name, home))) return { name, version: pinned.version, ours: true };
  const theirs = await versionOf(name);
  if (theirs === undefined) return { why: "is missing" };
  if (semver.lt(theirs, pinned.least)) return { why: `${theirs} is older than ${pinned.least}` };
  return { name, version: theirs, ours: false };
}

/**
 * Version of a program, without a leading v; undefined: it does not run.
 * @param ask what makes it tell its version
 */
export async function versionOf(program: string, ask = ["version"]): Promise<string | undefined> {
  try {
    const { stdout } = await run(program, ask, {
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    return semver.coerce(stdout, { includePrerelease: true })?.version;
  } catch {
    return undefined;
  }
}

/** Everything happens in a folder of its own, whose renaming is the last step. */
async function install(
  name: ToolName,
  pinned: PinnedTool,
  home: string,
  tell: (text: string) => void,
): Promise<void> {
  const folder = toolFolder(name, home);
  clean(path.dirname(folder));
  const making = path.join(path.dirname(folder), `.${name}-${process.pid}`);
  fs.mkdirSync(making, { recursive: true });
  try {
    await unpack(name, pinned, making, (received, total) =>
      tell(`${name} ${pinned.version}: ${howMuch(received, total)}`),
    );
    if ((await versionOf(path.join(making, name))) === undefined)
      throw new Fault(`${name} ${pinned.version} was fetched whole, but does not run on this machine.`);
    fs.renameSync(making, folder);
  } catch (error) {
    if (!fs.existsSync(folder)) throw error; // else another run was quicker
  } finally {
    fs.rmSync(making, { recursive: true, force: true });
  }
}

async function unpack(
  name: string,
  { url, sha256, archive }: PinnedTool,
  into: string,
  tell: Download["tell"],
): Promise<void> {
  const platform = thisPlatform();
  const file = path.join(into, archive ? "archive.tar.gz" : name);
  await download({ url: url(platform), sha256: sha256[platform], to: file, tell });
  if (!archive) return fs.chmodSync(file, 0o755);
  try {
    await run("tar", ["-xzf", file, "-C", into, "--strip-components", "1"]);
  } catch (error) {
    throw new Fault(
      `${name} cannot be unpacked (${(error as Error).message.trim()}): make room on the disk, and have \`tar\`.`,
    );
  }
  fs.rmSync(file);
}

/** Takes away what a killed run has left. */
function clean(tools: string): void {
  for (const left of fs.existsSync(tools) ? fs.readdirSync(tools) : []) {
    const [, pid] = /^\.\w+-(\d+)$/.exec(left) ?? [];
    if (pid !== undefined && !isAlive(Number(pid)))
      fs.rmSync(path.join(tools, left), { recursive: true, force: true });
  }
}

/** Whether a process of this machine still runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
