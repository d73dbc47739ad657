import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { Fault } from "./fault";
import { PROJECT } from "./home";
import type { Stack } from "./stack";

/** How much the load generator is to send. */
export interface Load {
  /** Requests per second. */
  rate: number;
  durationMs: number;
  /** What to send, by the load generator's names. Default: all. */
  signals?: string[];
}

/** What the load generator tells at its end, as much of it as counts here. */
export interface Sent {
  requests: { made: number; failing: number };
  rate: { asked: number; held: number; isHeld: boolean };
  delivered: boolean;
}

/** A load under way. */
export interface Running {
  /** Resolves at the first request. @throws Fault when it could not begin */
  begun: Promise<void>;
  /** Resolves when it has sent all. @throws Fault when it could not send */
  ended: Promise<Sent>;
  /** Ends it early. */
  stop: () => void;
}

export type StartLoad = (otlp: Required<Stack>["otlp"], load: Load) => Running;

/** Starts the load generator as a program of its own, so that it costs the latencies we measure as little as it can. */
export const startLoad: StartLoad = ({ grpc }, { rate, durationMs, signals }) => {
  const options = ["--endpoint", grpc, "--rate", String(rate), "--duration", `${durationMs}ms`, "--json"];
  if (signals) options.push("--signals", signals.join(","));
  const child = spawn(process.execPath, ["--import", "tsx", "loadgen/main.ts", ...options], {
    cwd: PROJECT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return running(child);
};

/** A load generator that was started, as it tells of itself. */
export function running(child: ChildProcessByStdio<null, Readable, Readable>): Running {
  let said = "";
  const sends = new Promise<true>((resolve) =>
    createInterface({ input: child.stderr }).on("line", (line) => {
      said += `${line}\n`;
      if (line.startsWith("Sending ")) resolve(true); // Node may have warned of something before
    }),
  );
  const out = text(child.stdout);
  const ended = once(child, "close").then(async () => readSent(await out, said));
  const begun = Promise.race([sends, ended]).then(() => undefined);
  for (const told of [begun, ended]) told.catch(() => {}); // told to whoever waits for it
  return { begun, ended, stop: () => void child.kill() };
}

function readSent(out: string, said: string): Sent {
  if (out.trim() === "") throw new Fault(`The load could not be sent: ${said.trim()}`);
  const answer = JSON.parse(out) as Sent | { ok: false; error: string };
  if ("error" in answer) throw new Fault(`The load could not be sent: ${answer.error}`);
  return answer;
}

/** What there is to say of a load. */
export function tellSent({ requests, rate, delivered }: Sent): string {
  const held = rate.isHeld ? "" : ` (held: ${rate.held}/s)`;
  const arrived = delivered ? "" : "; NOT all of it was delivered";
  return `${requests.made} requests at ${rate.asked}/s${held}, ${requests.failing} of them failing${arrived}`;
}
