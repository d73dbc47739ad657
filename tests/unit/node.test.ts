import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { END_PODS } from "../../scripts/lib/node";
import { temporaryFolder } from "../helpers/tools";

const run = promisify(execFile);
const POD = "/kubelet.slice/kubelet-kubepods.slice/cri-containerd-1.scope";

describe("before the node is stopped", () => {
  let folder: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = temporaryFolder();
    // Stands for the node's own, and tells what it was told.
    fs.writeFileSync(path.join(folder, "systemctl"), `#!/bin/sh\necho "$*" >> "${folder}/told"\n`, {
      mode: 0o755,
    });
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    fs.rmSync(folder, { recursive: true });
  });

  /** A process, and its entry in the folder of processes. @param script what it does until it is ended */
  async function start(cgroup: string, script: string, comm = "tempo"): Promise<ChildProcess> {
    const child = spawn("sh", ["-c", `${script}; echo ready; while :; do sleep 0.1; done`]);
    children.push(child);
    await once(child.stdout, "data");
    fs.mkdirSync(path.join(folder, `${child.pid}`));
    fs.writeFileSync(path.join(folder, `${child.pid}`, "cgroup"), `0::${cgroup}\n`);
    fs.writeFileSync(path.join(folder, `${child.pid}`, "comm"), `${comm}\n`);
    return child;
  }

  async function endPods(): Promise<string> {
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    return (await run("sh", ["-c", END_PODS, "sh", folder], { env })).stderr;
  }

  it("the kubelet is ended, and each process of a pod has its time to end", async () => {
    const done = path.join(folder, "done");
    await start(POD, `trap 'sleep 0.5; touch "${done}"; exit' TERM`);
    const quick = await start(POD, "trap exit TERM");
    const other = await start("/kubelet.slice/kubelet.service", "true");
    expect(await endPods()).toBe("");
    expect(fs.existsSync(done)).toBe(true);
    expect(quick.exitCode).toBe(0);
    expect(fs.readFileSync(path.join(folder, "told"), "utf8")).toBe("stop kubelet\n");
    expect(other.exitCode ?? other.signalCode).toBeNull();
  });

  it("Alloy ends before those that it sends to", async () => {
    const ends = (name: string) => `trap 'echo ${name} >> "${folder}/ended"; sleep 0.3; exit' TERM`;
    await start(POD, ends("tempo"));
    await start(POD, `trap 'sleep 0.3; echo alloy >> "${folder}/ended"; exit' TERM`, "alloy");
    await start(POD, ends("loki"), "loki");
    await endPods();
    expect(fs.readFileSync(path.join(folder, "ended"), "utf8")).toMatch(/^alloy\n/);
  });

  it("nothing goes wrong where there is no pod", async () => {
    expect(await endPods()).toBe("");
  });
});
