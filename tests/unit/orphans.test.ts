import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { endOrphans } from "../../scripts/up/orphans";
import { temporaryFolder } from "../helpers/tools";

describe("a plug-in of Pulumi's", () => {
  let folder: string;
  let engine: net.Server;
  let port: number;
  let plugin: ChildProcess;
  beforeEach(async () => {
    folder = fs.realpathSync(temporaryFolder());
    engine = net.createServer();
    await new Promise<void>((up) => engine.listen(0, "127.0.0.1", up));
    ({ port } = engine.address() as AddressInfo);
    const program = path.join(folder, "pulumi-resource-kubernetes");
    fs.writeFileSync(program, "echo up\nread -r line\n");
    plugin = spawn("/bin/sh", [program, `127.0.0.1:${port}`], {
      cwd: folder,
      stdio: ["pipe", "pipe", "ignore"],
    });
    await new Promise((up) => plugin.stdout!.once("data", up));
  });
  afterEach(async () => {
    engine.close();
    await gone();
    fs.rmSync(folder, { recursive: true });
  });

  /** Lets it end by itself where nobody has ended it. @returns what ended it */
  async function gone(): Promise<NodeJS.Signals | null> {
    if (plugin.exitCode === null && plugin.signalCode === null) {
      const closed = new Promise((resolve) => plugin.once("close", resolve));
      plugin.stdin!.end();
      await closed;
    }
    return plugin.signalCode;
  }

  async function told(where: string): Promise<string[]> {
    const lines: string[] = [];
    await endOrphans((text) => lines.push(text), where);
    return lines;
  }

  it("whose engine is gone is ended", async () => {
    await new Promise((closed) => engine.close(closed));
    expect(await told(folder)).toEqual([`Ending what a killed run has left at work (process ${plugin.pid})`]);
    expect(await gone()).toBe("SIGKILL");
  });

  it("whose engine answers is left", async () => {
    expect(await told(folder)).toEqual([]);
    expect(await gone()).toBeNull();
  });

  it("that works in another folder is left", async () => {
    await new Promise((closed) => engine.close(closed));
    expect(await told(path.dirname(folder))).toEqual([]);
    expect(await gone()).toBeNull();
  });
});
