import { canRewrite, type Terminal } from "../../loadgen/live";
import { coloured } from "./colours";

/** How often a line about the same wait is written where lines cannot be taken back. */
const REPEAT_AFTER_MS = 15_000;

/** How long something has taken by now, in a column of its own. */
export function elapsed(beganAt: number): string {
  return `${((Date.now() - beganAt) / 1_000).toFixed(1).padStart(6)} s`;
}

/** How far a download is, in bytes. */
export function howMuch(received: number, total: number | undefined): string {
  const inMb = (bytes: number) => (bytes / 1e6).toFixed(0);
  return total ? `${inMb(received)} of ${inMb(total)} MB` : `${inMb(received)} MB`;
}

/** Output of a program that works for a while: lines that stay, and one below them that tells what it waits for. */
export class Screen {
  private last = "";
  private writtenAt = 0;

  constructor(private readonly out: Terminal) {}

  /** Writes a line that stays. */
  line(text: string): void {
    this.out.write(`${this.blank()}${coloured(this.out, text)}\n`);
    this.last = "";
  }

  /** Tells what is waited for; on a terminal in place of the last status, elsewhere now and then. */
  status(text: string): void {
    if (canRewrite(this.out)) {
      const shown = text.slice(0, (this.out.columns || 80) - 1);
      this.out.write(`${this.blank()}${shown}`);
      this.last = shown;
      return;
    }
    if (Date.now() - this.writtenAt < REPEAT_AFTER_MS) return;
    this.writtenAt = Date.now();
    this.out.write(`${text}\n`);
  }

  /** Takes the status away. */
  clear(): void {
    this.out.write(this.blank());
    this.last = "";
  }

  private blank(): string {
    return this.last === "" ? "" : `\r${" ".repeat(this.last.length)}\r`;
  }
}
