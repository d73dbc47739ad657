import { metricsReader, type ReadMetrics } from "../lib/cluster";
import { Fault } from "../lib/fault";
import { findStack, type Stack } from "../lib/stack";
import { parseOptions } from "./options";
import { asJson, line, verdict } from "./report";
import { newMark } from "./signals";
import { verify } from "./verification";

/** What the program was started with. */
export interface Surroundings {
  /** The result. */
  out: NodeJS.WritableStream;
  /** What kept it from having one. */
  err: NodeJS.WritableStream;
  findStack?: (name?: string) => Promise<Stack>;
  metricsReader?: (stack: Stack) => ReadMetrics;
  /** How often to look; also how fine the latencies are. */
  everyMs?: number;
}

const LOOK_EVERY_MS = 50;

/** The whole program; resolves to the exit code. */
export async function run(argv: string[], around: Surroundings): Promise<0 | 1 | 2> {
  const { out, err } = around;
  const parsed = parseOptions(argv);
  if ("help" in parsed) {
    out.write(`${parsed.help}\n`);
    return 0;
  }
  if ("fault" in parsed) {
    err.write(`verify: ${parsed.fault}\n`);
    return 2;
  }
  const { timeoutMs, stack, json } = parsed.options;
  const mark = newMark();
  const tell = (text: string) => void (json || out.write(`${text}\n`));
  try {
    const found = await (around.findStack ?? findStack)(stack);
    tell(`Sending one of each signal, marked ${mark.id}.`);
    const results = await verify(found, mark, {
      read: (around.metricsReader ?? metricsReader)(found),
      patience: { withinMs: timeoutMs, everyMs: around.everyMs ?? LOOK_EVERY_MS },
      tell: (result) => tell(line(result)),
    });
    out.write(`${json ? asJson(mark.id, results) : verdict(results)}\n`);
    return results.every((result) => result.found) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (json) out.write(`${JSON.stringify({ ok: false, error: error.message }, null, 2)}\n`);
    err.write(`verify: ${error.message}\n`);
    return 1;
  }
}
