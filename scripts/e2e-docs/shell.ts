import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "../lib/tools/tool";

/** How a command ended. */
export interface Ended {
  /** Its process, while it goes on in the background. */
  pid?: number;
  /** Its exit code; undefined: it goes on, or was ended since it took too long. */
  code?: number;
  /** What it printed, on both streams. */
  said: string;
}

/** For a program that was asked to end: the load generator flushes for up to 15 s. */
const END_WITHIN_MS = 20_000;

/** After its first words: a command that says why it cannot do it has ended by then. */
const STAYS_MS = 2_000;

/** What npm prints before a verb says anything: its name and what it stands for. */
const BANNER = /^> .*$/gm;

/** What bash tells once it is through with a line: a mark, and a number. */
const TOLD = /([0-9a-f-]{36}) (\d+)\n/g;

/** One bash, as a reader has one open: what a command defines or exports, the next ones have. */
export class Shell {
  private readonly bash: ChildProcess;
  private readonly beside = new Set<number>();
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

  /** Starts a command in the background, and waits until it has ended, or has said something and goes on for a while. */
  async start(command: string, withinMs: number): Promise<Ended> {
    this.said = "";
    // With job control it has a process group of its own, by which it is ended.
    const pid = await this.number(`set -m; { ${command}\n} < /dev/null & set +m`, "$!", withinMs);
    if (pid === undefined) return { said: this.said };
    this.beside.add(pid);
    const hasEnded = () => !isAlive(pid);
    await until(() => hasEnded() || wordsIn(this.said) !== "", withinMs);
    await until(hasEnded, STAYS_MS);
    const said = wordsIn(this.said);
    return hasEnded() ? { code: await this.endBeside(pid), said } : { pid, said };
  }

  /** Ends what goes on in the background, as Ctrl-C does. Its exit code, where it had ended by itself. */
  async endBeside(pid: number): Promise<number | undefined> {
    this.beside.delete(pid);
    if (!isAlive(pid)) return this.number(`wait ${pid}`, "$?", END_WITHIN_MS);
    await endGroup(pid, "SIGINT");
    return undefined;
  }

  /** Closes the shell, with all that goes on in it. */
  async end(): Promise<void> {
    this.isOver = true;
    this.wake();
    this.bash.stdin!.end();
    const beside = [...this.beside].map((pid) => endGroup(pid, "SIGINT"));
    await Promise.all([...beside, endGroup(this.bash.pid!, "SIGTERM")]);
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

/** What a command itself has said. */
function wordsIn(said: string): string {
  return said.replace(BANNER, "").trimStart();
}

async function until(isSo: () => boolean, withinMs: number): Promise<void> {
  for (let ms = 0; ms < withinMs && !isSo(); ms += 50) await sleep(50);
}

/** Ends a process and all of its group: by asking them to and, where that does not do, for good. */
async function endGroup(pid: number, ask: NodeJS.Signals): Promise<void> {
  for (const signal of [ask, "SIGKILL"] as const) {
    if (!isAlive(-pid)) return;
    process.kill(-pid, signal);
    await until(() => !isAlive(-pid), END_WITHIN_MS);
  }
}
