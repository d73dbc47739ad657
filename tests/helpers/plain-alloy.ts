import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { alloyValues } from "../../values/alloy";
import { COMPONENTS } from "../../versions";
import { freePorts } from "./ports";
import { program, temporaryFolder } from "./tools";

/** The real Alloy as a process of its own, in a folder that outlives it. */
export class PlainAlloy {
  readonly folder = temporaryFolder();
  /** What it has written to its log. */
  readonly said: string[] = [];
  private running?: ChildProcess;

  private constructor(
    /** Its own page, OTLP gRPC, OTLP HTTP. */
    readonly ports: { page: string; grpc: string; http: string },
    private readonly text: (config: string) => string,
  ) {}

  /** @param text what is changed in each configuration, beyond folders and ports */
  static async prepare(text: (config: string) => string): Promise<PlainAlloy> {
    const [page, grpc, http] = (await freePorts(3)).map(String);
    return new PlainAlloy({ page: page!, grpc: grpc!, http: http! }, text);
  }

  /** The configuration of the pod, moved to this machine: its folders and ports. */
  write(config: string): void {
    const here = config
      .replace(/directory( *)= "\/var\/lib\/alloy(.*)"/g, `directory$1= "${this.folder}$2"`)
      .replace(/(storage\.file .*\n)/g, "$1\tcreate_directory = true\n")
      .replaceAll("/etc/sumo", this.folder)
      .replace("0.0.0.0:24317", `127.0.0.1:${this.ports.grpc}`)
      .replace("0.0.0.0:24318", `127.0.0.1:${this.ports.http}`);
    fs.writeFileSync(path.join(this.folder, "config.alloy"), this.text(here));
  }

  /** The files of the Secret. */
  writeEndpoint(url: string): void {
    fs.writeFileSync(path.join(this.folder, "endpoint"), url);
    fs.writeFileSync(path.join(this.folder, "headers.json"), "{}");
  }

  start(onLine: (line: string) => void = () => undefined): void {
    this.running = spawn(program("alloy").path!, [
      "run",
      path.join(this.folder, "config.alloy"),
      `--storage.path=${this.folder}`,
      `--server.http.listen-addr=127.0.0.1:${this.ports.page}`,
      `--stability.level=${alloyValues({ components: new Set(COMPONENTS) }).alloy.stabilityLevel}`,
      "--disable-reporting",
    ]);
    let rest = "";
    this.running.stderr!.on("data", (piece: Buffer) => {
      const lines = (rest + piece.toString()).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        this.said.push(line);
        onLine(line);
      }
    });
  }

  /** As the config-reloader does. */
  async reload(config: string): Promise<void> {
    this.write(config);
    const answer = await fetch(`http://127.0.0.1:${this.ports.page}/-/reload`, { method: "POST" });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** One of its own pages. */
  async page(path: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.ports.page}/${path}`)).text();
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const { running } = this;
    if (running === undefined) return;
    this.running = undefined;
    const gone = new Promise((resolve) => running.once("close", resolve));
    running.kill(signal);
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    fs.rmSync(this.folder, { recursive: true });
  }
}
