import { Misuse, parse, type Parsed } from "../lib/options";
import { documents } from "./commands";

/** What one run is asked to do. */
export interface Options {
  /** Documents to follow. */
  files: string[];
  /** Only tell what would be run. */
  list: boolean;
  /** Leave the copy of the project, and the stack, as they are in the end. */
  keep: boolean;
}

const HELP = `Follows README and docs: runs every command in them, as it stands, in a fresh copy of this folder.

npm run e2e:docs -- [documents] [options]
  README.md    only this document (default: all: ${documents().join(", ")})
  --list       only tell what would be run, and what would not and why
  --keep       leave copy and stack as they are in the end
  --help       print this

WATCHTOWER_NODE_IMAGE   kind node image in place of kind's own
WATCHTOWER_CHARTS       folder of unpacked charts in place of their repositories

Exit code: 0 every command did what the document says, 1 one did not, 2 an option is wrong.`;

const FLAGS = {
  list: { type: "boolean", default: false },
  keep: { type: "boolean", default: false },
} as const;

export function parseOptions(argv: string[]): Parsed<Options> {
  const verb = { name: "e2e:docs", help: HELP, flags: FLAGS, words: Infinity };
  return parse(verb, argv, ({ list, keep }, words) => ({ files: readFiles(words), list, keep }));
}

function readFiles(words: string[]): string[] {
  const all = documents();
  const unknown = words.find((word) => !all.includes(word));
  if (unknown !== undefined)
    throw new Misuse(`There is no document "${unknown}": it takes ${all.join(", ")}`);
  return words.length === 0 ? all : all.filter((file) => words.includes(file));
}
