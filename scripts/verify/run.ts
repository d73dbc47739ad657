import { metricsReader, type ReadMetrics } from "../lib/cluster";
import { coloured } from "../lib/colours";
import { type StartLoad, startLoad } from "../lib/load";
import { runOnStack, type Surroundings as OnStack } from "../lib/running";
import type { Stack } from "../lib/stack";
import { type ExitCode, inJson } from "../lib/verb";
import { verifyAll } from "./all";
import { newMark } from "./mark";
import { type Options, parseOptions } from "./options";
import { probe } from "./probes";
import { allFound, checkLine, latencyText, line, type Result, verdict, verdictOfAll } from "./report";
import { type Tools, verify } from "./verification";

/** What the program was started with. */
export interface Surroundings extends OnStack {
  metricsReader?: (stack: Stack) => ReadMetrics;
  startLoad?: StartLoad;
  /** How often to look; also how fine the latencies are. */
  everyMs?: number;
}

const LOOK_EVERY_MS = 50;
/** A look at everything asks a hundred queries. */
const LOOK_AT_ALL_EVERY_MS = 1_000;

/** What one way of verifying came to: for a person, for a program, and whether all is well. */
interface Outcome {
  text: string;
  json: object;
  ok: boolean;
}

/** All that one way of verifying is done with. */
interface Doing {
  options: Options;
  stack: Stack;
  tools: Tools;
  around: Surroundings;
  say: (text: string) => void;
}

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  const { out } = around;
  return runOnStack("verify", parseOptions(argv), around, async (stack, options) => {
    const { timeoutMs, json } = options;
    const say = (text: string) => void (json || out.write(`${coloured(out, text)}\n`));
    const tools = {
      read: (around.metricsReader ?? metricsReader)(stack),
      patience: { withinMs: timeoutMs, everyMs: around.everyMs ?? LOOK_EVERY_MS },
      tell: () => {},
    };
    const way = options.all ? everything : options.probes === undefined ? oneOfEach : latencies;
    const outcome = await way({ options, stack, tools, around, say });
    out.write(json ? inJson({ ok: outcome.ok, ...outcome.json }) : `${outcome.text}\n`);
    return outcome.ok ? 0 : 1;
  });
}

async function oneOfEach(doing: Doing): Promise<Outcome> {
  const { mark, results } = await sendOneOfEach(doing);
  return { text: verdict(results), json: { mark, results }, ok: allFound(results) };
}

async function sendOneOfEach({ stack, tools, say }: Doing): Promise<{ mark: string; results: Result[] }> {
  const mark = newMark();
  say(`Sending one of each signal, marked ${mark.id}.`);
  const results = await verify(stack, mark, { ...tools, tell: (result) => say(line(result)) });
  return { mark: mark.id, results };
}

async function everything(doing: Doing): Promise<Outcome> {
  const { options, stack, tools, around, say } = doing;
  const { load } = options;
  const one = load && (await sendOneOfEach(doing));
  if (load) say(`Sending ${load.rate} requests/s for ${load.durationMs / 1000} s.`);
  const checks = await verifyAll(stack, load, {
    startLoad: around.startLoad ?? startLoad,
    patience: { ...tools.patience, everyMs: around.everyMs ?? LOOK_AT_ALL_EVERY_MS },
    tell: (check) => say(checkLine(check)),
  });
  const results = one?.results ?? [];
  const ok = allFound(results) && checks.every(({ state }) => state !== "FAULT");
  return { text: verdictOfAll(results, checks), json: { ...one, checks }, ok };
}

async function latencies({ options, stack, tools, around, say }: Doing): Promise<Outcome> {
  const { load, probes = 1 } = options;
  say(`Sending one of each signal ${probes} times${load ? ` under ${load.rate} requests/s` : ""}.`);
  const probed = await probe(stack, probes, load, { ...tools, startLoad: around.startLoad ?? startLoad });
  const ok = probed.latencies.every(({ missing }) => missing === 0) && probed.load?.delivered !== false;
  return { text: latencyText(probed), json: probed, ok };
}
