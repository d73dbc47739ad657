import { prepare } from "../lib/prepare";
import { type ExitCode, runVerb, type Surroundings as Streams } from "../lib/verb";
import type { Case } from "./case";
import { Interrupted } from "./case-bench";
import { Ending } from "./ending";
import { faultsOf } from "./judge";
import { type Options, parseOptions } from "./options";
import { mendStack, type OpenRig, openRig } from "./rig";
import { runCase } from "./run-case";
import { HEAD, type Judged, LEGEND, list, notes, row } from "./table";

/** What the program was started with. */
export interface Surroundings extends Streams {
  openRig?: typeof openRig;
  mendStack?: typeof mendStack;
  runCase?: typeof runCase;
}

/** A case that could not be run to its end. */
interface Unfinished {
  name: string;
  fault: string;
}

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  return runVerb("e2e:faults", parseOptions(argv), around, async (options) => {
    const { out, err } = around;
    if (options.list) {
      out.write(`${list(options.cases)}\n`);
      return 0;
    }
    // With --json the table is for whoever looks on.
    const tell = (text: string) => void (options.json ? err : out).write(`${text}\n`);
    if (options.mend) {
      if (!around.mendStack) await prepare(tell);
      await (around.mendStack ?? mendStack)(options, tell);
      return 0;
    }
    const ending = new Ending(tell);
    const rig = await prepared(options, ending, around, tell);
    try {
      tell(`\n${HEAD}`);
      const results = await runAll(options.cases, rig, ending, around, tell);
      tell(`\n${LEGEND}`);
      const ok = results.every((one) => "faults" in one && one.faults.length === 0);
      const cases = results.map((one) => ("faults" in one ? { ...one.outcome, faults: one.faults } : one));
      if (options.json) out.write(`${JSON.stringify({ ok, cases }, null, 2)}\n`);
      return ending.asked ? 130 : ok ? 0 : 1;
    } finally {
      await rig.close();
    }
  });
}

async function prepared(
  options: Options,
  ending: Ending,
  around: Surroundings,
  tell: (text: string) => void,
): Promise<OpenRig> {
  if (around.openRig) return around.openRig(options, ending.signal, tell);
  await prepare(tell);
  return openRig(options, ending.signal, tell);
}

async function runAll(
  cases: Case[],
  rig: OpenRig,
  ending: Ending,
  around: Surroundings,
  tell: (text: string) => void,
): Promise<(Judged | Unfinished)[]> {
  const results: (Judged | Unfinished)[] = [];
  for (const one of cases) {
    if (ending.asked) break;
    try {
      await rig.quiet();
      const outcome = await (around.runCase ?? runCase)(one, rig);
      const judged = { outcome, faults: faultsOf(one, outcome) };
      results.push(judged);
      for (const text of [row(judged), ...notes(judged)]) tell(text);
    } catch (error) {
      if (error instanceof Interrupted || ending.asked) break;
      // The rest is worth running whatever it is: a run of all cases takes an hour.
      const fault = (error as Error).message;
      results.push({ name: one.name, fault });
      tell(`${one.name}: NOT RUN to its end: ${fault}`);
    }
  }
  return results;
}
