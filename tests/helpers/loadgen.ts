import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Asked, Ended } from "./loadgen-worker";

/** Jest's sandbox cannot do the dynamic `import()` that the HTTP exporters are loaded with; a thread can. */
const THREAD = `require("tsx/cjs"); require(${JSON.stringify(`${__dirname}/loadgen-worker.ts`)});`;
let thread: Worker | undefined;

/**
 * The thread's first run has to load and transpile it all, which alone takes a busy machine 5 s; and a test that gives a run up
 * leaves its end to the next test, as that one's own.
 */
jest.setTimeout(60_000);

/** Runs the load generator in a thread of its own; one at a time. */
export async function loadgen(argv: string[], more: Omit<Asked, "argv"> = {}): Promise<Ended> {
  thread ??= new Worker(THREAD, { eval: true });
  thread.ref();
  thread.postMessage({ argv, ...more });
  const [ended] = (await once(thread, "message")) as [Ended];
  thread.unref(); // or it would keep jest from ending
  return ended;
}

/** One row of the summary's table. */
export function row(out: string, items: string) {
  const line = out.split("\n").find((one) => one.startsWith(`${items} `)) ?? "";
  const [sent, accepted, rejected, lost, errors] = line
    .split(/\s+/)
    .slice(1)
    .map((cell) => Number(cell.replaceAll(",", "")));
  return { sent, accepted, rejected, lost, errors };
}
