import { durationOf, Misuse, parse, type Parsed, stackName, wholeOf } from "../lib/options";
import type { Case } from "./case";
import { CASES } from "./cases";

/** What one run is asked to do. */
export interface Options {
  cases: Case[];
  /** Only tell the cases. */
  list: boolean;
  /** Only mend what a killed run has left. */
  mend: boolean;
  /** Requests per second. */
  rate: number;
  /** How long the load goes on before a fault, and at least after it. */
  loadMs: number;
  outageMs: number;
  toggles: number;
  /** Name of the stack; undefined: the one selected. */
  stack?: string;
  json: boolean;
}

const HELP = `Breaks a running stack in every way we know, one after the other, under a load of numbered spans, log records and
metric points; then looks for every one of them in Tempo, Loki and Mimir and at the end of the second path, which is a
receiver of this program's own meanwhile. It wants the stack for itself: nothing else may send to it.

npm run e2e:faults -- [options]
  --list           tell the cases, and do nothing
  --mend           put back what a killed run has left, and run no case
  --only a,b       these cases alone
  --rate 100       requests per second; each has 9 spans, 3 log records and 4 metric points (default 100)
  --load 10s       how long the load goes on before a fault, and at least after it (default 10s)
  --outage 30s     how long an outage lasts, in ms, s, m or h (default 30s)
  --real           outages of 10 minutes
  --toggles 1      how often toggle-off-on switches the second write off and on (default 1)
  --stack local    the stack (default: PULUMI_STACK, the one selected, or local)
  --json           one JSON document in place of the table
  --help           print this

Ctrl-C mends what is broken, puts the stack's settings back and ends; so does the next run after one that was killed.
Exit code: 0 every case came out as it promises, 1 one did not, 2 an option is wrong, 130 ended by Ctrl-C.`;

const FLAGS = {
  list: { type: "boolean", default: false },
  mend: { type: "boolean", default: false },
  only: { type: "string" },
  rate: { type: "string", default: "100" },
  load: { type: "string", default: "10s" },
  outage: { type: "string" },
  real: { type: "boolean", default: false },
  toggles: { type: "string", default: "1" },
  stack: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

const SHORT_OUTAGE_MS = 30_000;
const REAL_OUTAGE_MS = 600_000;
/** Beyond it, samples of a series would be less than a millisecond apart in the burst. */
const MAX_RATE = 1_000;

export function parseOptions(argv: string[]): Parsed<Options> {
  return parse({ name: "e2e:faults", help: HELP, flags: FLAGS }, argv, (values): Options => {
    const { list, mend, only, real, outage, stack, json } = values;
    if (real && outage !== undefined) throw new Misuse("--real and --outage cannot go together");
    return {
      cases: only === undefined ? CASES : casesNamed(only),
      list,
      mend,
      rate: wholeOf("rate", values.rate, MAX_RATE),
      loadMs: durationOf("load", values.load),
      outageMs:
        outage === undefined ? (real ? REAL_OUTAGE_MS : SHORT_OUTAGE_MS) : durationOf("outage", outage),
      toggles: wholeOf("toggles", values.toggles, 100),
      stack: stackName(stack),
      json,
    };
  });
}

function casesNamed(text: string): Case[] {
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !CASES.some((one) => one.name === name));
  if (unknown !== undefined) throw new Misuse(`There is no case "${unknown}": --list tells them`);
  return CASES.filter(({ name }) => names.includes(name));
}
