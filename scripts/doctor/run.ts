import { PassThrough } from "node:stream";
import { coloured } from "../lib/colours";
import { Fault, reasonOf } from "../lib/fault";
import { isWell, rowsOf, verdictOf, widthOf } from "../lib/finding";
import { Screen } from "../lib/screen";
import { type ExitCode, runVerb, type Surroundings as Streams } from "../lib/verb";
import { type Check, type Found, lookAtAll } from "./check";
import { CLUSTER } from "./cluster";
import { type Facts, factsOf } from "./facts";
import { leftOver } from "./left-over";
import { MACHINE } from "./machine";
import { NETWORK } from "./network";
import { type Options, parseOptions } from "./options";
import { PORTS } from "./ports";
import { PROGRAMS } from "./programs";
import { STATE } from "./state";

/** What the program was started with. */
export interface Surroundings extends Streams {
  /** Asks the machine and the stack anew. */
  factsOf?: (stack: string | undefined, tell: (text: string) => void) => Facts;
  /** What to look at, in the order it is told. */
  checks?: Check[];
}

const CHECKS = [...MACHINE, ...PROGRAMS, ...STATE, ...PORTS, ...CLUSTER, ...leftOver()];

/** What a fix came to. */
interface Fixed {
  name: string;
  does: string;
  /** Undefined: it was done. */
  fault?: string;
}

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  return runVerb("doctor", parseOptions(argv), around, async (options) => {
    const { out } = around;
    const screen = new Screen(options.json ? new PassThrough().resume() : out);
    const { findings, fixed } = await examine(options, around, screen);
    const ok = isWell(findings);
    if (options.json) {
      const plain = findings.map(({ name, state, saw, mend }) => ({ name, state, saw, mend }));
      out.write(`${JSON.stringify({ ok, findings: plain, fixed }, null, 2)}\n`);
    } else {
      const width = widthOf(findings);
      const rows = findings.flatMap((finding) => rowsOf(finding, width));
      out.write(
        `${coloured(out, rows.join("\n"))}\n\n${verdictOf(findings)}${adviceOn(findings, options)}\n`,
      );
    }
    return ok ? 0 : 1;
  });
}

/** Looks at everything and, when asked to, mends and looks again: what was in the way of one look may hide another. */
async function examine(
  { stack, offline, fix }: Options,
  around: Surroundings,
  screen: Screen,
): Promise<{ findings: Found[]; fixed: Fixed[] }> {
  const checks = around.checks ?? (offline ? CHECKS : [...CHECKS, ...NETWORK]);
  const look = () =>
    lookAtAll(
      checks,
      (around.factsOf ?? factsOf)(stack, (text) => screen.line(text)),
    );
  const fixed: Fixed[] = [];
  let findings = await look();
  for (;;) {
    const next = fix && findings.find((one) => one.fix && !fixed.some(({ does }) => does === one.fix!.does));
    if (!next) return { findings, fixed };
    const { does, act } = next.fix!;
    screen.line(`Mending ${next.name}: ${does}`);
    const fault = await act((text) => screen.status(text)).then(() => undefined, sentenceOf);
    screen.clear();
    if (fault !== undefined) screen.line(`  ${fault}`);
    fixed.push({ name: next.name, does, fault });
    findings = await look();
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof Fault ? error.message : reasonOf(error);
}

function adviceOn(findings: Found[], { fix }: Options): string {
  return !fix && findings.some((one) => one.fix) ? " `npm run doctor -- --fix` mends some of it." : "";
}
