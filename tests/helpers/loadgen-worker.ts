import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { parentPort } from "node:worker_threads";
import { run, type Limits } from "../../loadgen/run";

/** One run that is asked for. */
export interface Asked {
  argv: string[];
  limits?: Partial<Limits>;
  /** When to stop it, as Ctrl-C does. */
  stopAfterMs?: number;
}

/** How it ended. */
export interface Ended {
  code: number;
  out: string;
  err: string;
  tookMs: number;
}

async function answer({ argv, limits, stopAfterMs }: Asked): Promise<Ended> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const stop = new AbortController();
  if (stopAfterMs !== undefined) setTimeout(() => stop.abort(), stopAfterMs);
  const start = performance.now();
  const code = await run(argv, { out, err, stop: stop.signal, limits });
  const tookMs = performance.now() - start;
  out.end();
  err.end();
  return { code, out: await text(out), err: await text(err), tookMs };
}

parentPort?.on(
  "message",
  (asked: Asked) => void answer(asked).then((ended) => parentPort?.postMessage(ended)),
);
