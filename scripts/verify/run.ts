import { metricsReader, type ReadMetrics } from "../lib/cluster";
import { Fault } from "../lib/fault";
import { findStack, type Stack } from "../lib/stack";
import { type ExitCode, runVerb, type Surroundings as Streams } from "../lib/verb";
import { parseOptions } from "./options";
import { asJson, line, verdict } from "./report";
import { newMark } from "./signals";
import { verify } from "./verification";

/** What the program was started with. */
export interface Surroundings extends Streams {
  findStack?: (name?: string) => Promise<Stack>;
  metricsReader?: (stack: Stack) => ReadMetrics;
  /** How often to look; also how fine the latencies are. */
  everyMs?: number;
}

const LOOK_EVERY_MS = 50;

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  const { out } = around;
  return runVerb("verify", parseOptions(argv), around, async ({ timeoutMs, stack, json }) => {
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
      if (json && error instanceof Fault)
        out.write(`${JSON.stringify({ ok: false, error: error.message }, null, 2)}\n`);
      throw error;
    }
  });
}
