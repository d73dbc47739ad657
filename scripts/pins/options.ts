import { parse, type Parsed } from "../lib/options";

/** What one run is asked to do. */
export interface Options {
  /** Only tell what differs. */
  check: boolean;
}

const HELP = `Takes over what belongs to a new version in versions.ts: the sums of the tools, from their publishers' lists, and the
version of the program in each chart, from its repository. For whoever moves a version; .github/workflows/pins.yml runs it for
Renovate.

npm run pins -- [options]
  --check    change nothing, and fail where something differs
  --help     print this

Exit code: 0 versions.ts says what is published, 1 it does not (--check), or that cannot be known, 2 an option is wrong.`;

const FLAGS = { check: { type: "boolean", default: false } } as const;

export function parseOptions(argv: string[]): Parsed<Options> {
  return parse({ name: "pins", help: HELP, flags: FLAGS }, argv, ({ check }) => ({ check }));
}
