import { type ChildProcess, spawn, spawnSync } from "node:child_process";

/** The id of a process that has ended. */
export function deadPid(): number {
  return spawnSync("sh", ["-c", ":"]).pid;
}

/** A process that runs until it is told to end. */
export class LivingProcess {
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;

  /** @param program one that reads what it is given to the end */
  constructor(program = "cat", args: string[] = []) {
    this.child = spawn(program, args, { stdio: ["pipe", "ignore", "ignore"] });
    this.ended = new Promise((resolve) => this.child.on("close", resolve));
  }

  get pid(): number {
    return this.child.pid!;
  }

  async end(): Promise<void> {
    this.child.stdin?.end();
    await this.ended;
  }
}
