import { progressLine, type Progress } from "./report";

const TERMINAL_EVERY_MS = 1_000;
const FILE_EVERY_MS = 10_000;
const CLEAR_LINE = "\r\u001b[2K";

export type Terminal = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

/** Whether a line can be taken back: on a terminal, but for one that says it can do nothing (Emacs' shell, some CI). */
export function canRewrite({ isTTY }: Terminal, env: NodeJS.ProcessEnv = process.env): boolean {
  return isTTY === true && env.TERM !== "dumb";
}

/** Shows how the run goes: one line rewritten in place on a terminal, a line now and then elsewhere. */
export function showLive(err: Terminal, first: string, progress: () => Omit<Progress, "elapsedMs">) {
  const start = performance.now();
  const rewrites = canRewrite(err);
  const line = () => progressLine({ ...progress(), elapsedMs: performance.now() - start });
  err.write(`${first}\n`);
  const timer = setInterval(
    // A line that wraps could not be rewritten in place.
    () => err.write(rewrites ? CLEAR_LINE + line().slice(0, (err.columns || 80) - 1) : `${line()}\n`),
    rewrites ? TERMINAL_EVERY_MS : FILE_EVERY_MS,
  );
  return {
    end(last?: string): void {
      clearInterval(timer);
      if (rewrites) err.write(CLEAR_LINE);
      if (last) err.write(`${last}\n`);
    },
  };
}
