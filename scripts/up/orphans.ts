import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import { promisify } from "node:util";
import { PROJECT } from "../lib/home";

const exec = promisify(execFile);

/** A plug-in of Pulumi's, with the port of the engine that it answers to. */
const PLUGIN = /^\s*(\d+) .*\bpulumi-resource-\S+ 127\.0\.0\.1:(\d+)$/;

/**
 * Ends plug-ins that outlived the engine of a killed run in this folder: one would go on with its release, and write into
 * Helm's records when the next run's pods are ready.
 */
export async function endOrphans(tell: (text: string) => void, folder = PROJECT): Promise<void> {
  const { stdout } = await exec("ps", ["-eo", "pid=,args="]).catch(() => ({ stdout: "" })); // no `ps` here
  for (const line of stdout.split("\n")) {
    const [, pid, port] = PLUGIN.exec(line) ?? [];
    if (pid === undefined || (await answers(Number(port))) || (await folderOf(pid)) !== folder) continue;
    tell(`Ending what a killed run has left at work (process ${pid})`);
    await exec("kill", ["-KILL", pid]).catch(() => undefined); // it has ended by itself
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** Where a process works; undefined: it is gone, or another's. */
async function folderOf(pid: string): Promise<string | undefined> {
  try {
    if (process.platform === "linux") return fs.readlinkSync(`/proc/${pid}/cwd`);
    const { stdout } = await exec("lsof", ["-a", "-d", "cwd", "-p", pid, "-Fn"]);
    return /^n(.*)$/m.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}
