import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "../lib/tools/tool";

/** How a command ended. */
export interface Ended {
  /** Its exit code; undefined: it goes on, or was ended since it took too long. */
  code?: number;
  /** What it printed, on both streams. */
  said: string;
}

/** For a program that was asked to end: the load generator flushes for up to 15 s. */
const END_WITHIN_MS = 20_000;

/** What bash tells once it is through with a line: a mark, and a number. */
const TOLD = /([0-9a-f-]{36}) (\d+)\n/g;

/** One bash, as a reader has one open: what a command defines or exports, the next ones have. */
export class Shell {
  private readonly bash: ChildProcess;
  private readonly beside: number[] = [];
  private readonly numbers = new Map<string, number>();
  private said = "";
  private wake: () => void = () => {};
  private isOver = false;

  /** @param heard is given all that the commands print */
  constructor(
    folder: string,
    env: NodeJS.ProcessEnv,
    private readonly heard: (text: string) => void,
  ) {
    this.bash = spawn("bash", ["--norc", "--noprofile"], {
      cwd: folder,
      env,
      stdio: ["pipe", "pipe", "ignore"],
      detached: true, // a process group of its own: what takes too long is ended with all it has started
    });
    this.bash.stdin!.on("error", () => {}); // it may end before it has read all
    this.bash.stdin!.write("exec 2>&1\n");
    this.bash.stdout!.setEncoding("utf8").on("data", (text: string) => this.hear(text));
    this.bash.on("close", () => {
      this.isOver = true;
      this.wake();
    });
  }

  /** Runs a command to its end; one that takes longer takes the shell with it. */
  async run(command: string, withinMs: number): Promise<Ended> {
    this.said = "";
    const code = await this.number(`{ ${command}\n} < /dev/null`, "$?", withinMs);
    if (code === undefined) await this.end();
    return { code, said: this.said };
  }

  /** Starts a command in the background, and waits until it has said something or ended. */
  async start(command: string, withinMs: number): Promise<Ended> {
    this.said = "";
    // With job control it has a process group of its own, by which it is ended.
    const pid = await this.number(`set -m; { ${command}\n} < /dev/null & set +m`, "$!", withinMs);
    if (pid === undefined) return { said: this.said };
    this.beside.push(pid);
    const since = Date.now();
    while (this.said === "" && isAlive(pid) && Date.now() - since < withinMs) await sleep(50);
    if (isAlive(pid)) return { said: this.said };
    return { code: await this.number(`wait ${pid}`, "$?", withinMs), said: this.said };
  }

  /** Ends what goes on in the background, as Ctrl-C does. */
  async endBeside(): Promise<void> {
    await Promise.all(this.beside.splice(0).map((pid) => endGroup(pid, "SIGINT")));
  }

  /** Closes the shell, with all that goes on in it. */
  async end(): Promise<void> {
    this.isOver = true;
    this.wake();
    this.bash.stdin!.end();
    await Promise.all([this.endBeside(), endGroup(this.bash.pid!, "SIGTERM")]);
  }

  get ended(): boolean {
    return this.isOver;
  }

  /** What bash prints: the commands' own words, and among them what it tells us. */
  private hear(text: string): void {
    const own = (this.said + text).replace(TOLD, (_, mark: string, number: string) => {
      this.numbers.set(mark, Number(number));
      return "";
    });
    this.heard(own.slice(this.said.length));
    this.said = own;
    this.wake();
  }

  /** Has bash run a line, and tell a number once it is through with it. */
  private async number(line: string, number: string, withinMs: number): Promise<number | undefined> {
    const mark = randomUUID();
    this.bash.stdin!.write(`${line}\necho "${mark} ${number}"\n`);
    const until = Date.now() + withinMs;
    while (!this.numbers.has(mark) && !this.isOver && Date.now() < until)
      await Promise.race([new Promise<void>((resolve) => (this.wake = resolve)), sleep(500)]);
    return this.numbers.get(mark);
  }
}

/** Ends a process and all of its group: by asking them to and, where that does not do, for good. */
async function endGroup(pid: number, ask: NodeJS.Signals): Promise<void> {
  for (const signal of [ask, "SIGKILL"] as const) {
    if (!isAlive(-pid)) return;
    process.kill(-pid, signal);
    for (let ms = 0; ms < END_WITHIN_MS && isAlive(-pid); ms += 50) await sleep(50);
  }
}
