import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as readline from "node:readline";
import { alloyValues } from "../../values/alloy";
import { COMPONENTS } from "../../versions";
import { program, temporaryFolder } from "./tools";

export const alloy = program("alloy");
const LEVEL = alloyValues({ components: new Set(COMPONENTS) }).alloy.stabilityLevel;

/** Ports of 127.0.0.1 that an Alloy gets. */
export interface AlloyPorts {
  page: string;
  grpc: string;
  http: string;
}

/** The real Alloy as a process of the test's, with the configuration of the pod moved to this machine. */
export class AlloyHere {
  readonly folder = temporaryFolder();
  /** What it has written, line by line. */
  readonly said: string[] = [];
  /** Hears of each line. */
  onLine: (line: string) => void = () => {};
  private running?: ChildProcess;

  constructor(readonly ports: AlloyPorts) {}

  /** Where the second path leads; a running Alloy takes a change within seconds. */
  setEndpoint(url: string): void {
    fs.writeFileSync(path.join(this.folder, "endpoint"), url);
    fs.writeFileSync(path.join(this.folder, "headers.json"), "{}");
  }

  /** Gives it the pod's configuration, with the pod's folders and ports replaced by its own. */
  configure(text: string): void {
    const moved = text
      .replace(/directory( *)= "\/var\/lib\/alloy(.*)"/g, `directory$1= "${this.folder}$2"`)
      .replace(/(storage\.file .*\n)/g, "$1\tcreate_directory = true\n")
      .replaceAll("/etc/sumo", this.folder)
      .replace("0.0.0.0:4317", `127.0.0.1:${this.ports.grpc}`)
      .replace("0.0.0.0:4318", `127.0.0.1:${this.ports.http}`);
    fs.writeFileSync(path.join(this.folder, "config.alloy"), moved);
  }

  start(): void {
    this.running = spawn(alloy.path!, [
      "run",
      path.join(this.folder, "config.alloy"),
      `--storage.path=${this.folder}`,
      `--server.http.listen-addr=127.0.0.1:${this.ports.page}`,
      `--stability.level=${LEVEL}`,
      "--disable-reporting",
    ]);
    readline.createInterface(this.running.stderr!).on("line", (line) => {
      this.said.push(line);
      this.onLine(line);
    });
  }

  /** Ends it with SIGKILL; what it has written to its folder stays. */
  async kill(): Promise<void> {
    const running = this.running;
    this.running = undefined;
    if (!running) return;
    const gone = new Promise((resolve) => running.once("close", resolve));
    running.kill("SIGKILL");
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    fs.rmSync(this.folder, { recursive: true });
  }
}
