import { coloured } from "../lib/colours";
import { containerStatus } from "../lib/docker";
import { isWell } from "../lib/finding";
import type { Reading } from "../lib/paths";
import { findStack, type Stack } from "../lib/stack";
import { type ExitCode, runVerb, type Surroundings as Streams } from "../lib/verb";
import { watch } from "../lib/watch";
import { type Options, parseOptions } from "./options";
import { clusterReader } from "./reader";
import { look, type Means } from "./status";
import { documentOf, screenOf } from "./text";
import { diskUseInNode } from "./volumes";

/** What the program was started with. */
export interface Surroundings extends Streams {
  out: NodeJS.WritableStream & { isTTY?: boolean };
  findStack?: (name?: string) => Promise<Stack>;
  meansFor?: (stack: Stack) => Means;
  /** How often --watch looks at most; undefined: until Ctrl-C. */
  looks?: number;
}

/** Takes what was on the terminal away, and begins at its top. */
const CLEAR = "\x1b[H\x1b[J";

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  return runVerb("status", parseOptions(argv), around, (options) => {
    const { watchEveryMs: everyMs, json } = options;
    let reading: Reading | undefined;
    return watch({ everyMs, json, out: around.out, looks: around.looks }, async () => {
      const last = reading;
      reading = undefined; // after a look that failed, rates are measured anew
      const seen = await once(options, around, last);
      reading = seen.reading;
      return seen.code;
    });
  });
}

/** Looks once, and shows what was seen. */
async function once(
  { stack: name, json, watchEveryMs }: Options,
  around: Surroundings,
  before?: Reading,
): Promise<{ code: ExitCode; reading?: Reading }> {
  const { out } = around;
  try {
    const stack = await (around.findStack ?? findStack)(name);
    const { lines, reading } = await look(stack, (around.meansFor ?? meansFor)(stack), before);
    const text = json
      ? JSON.stringify(documentOf(stack, lines), null, watchEveryMs === undefined ? 2 : 0)
      : coloured(out, screenOf(stack, lines));
    out.write(`${clearing()}${text}\n`);
    return { code: isWell(lines) ? 0 : 1, reading };
  } catch (error) {
    out.write(clearing());
    throw error;
  }

  function clearing(): string {
    if (watchEveryMs === undefined || json) return "";
    return out.isTTY ? CLEAR : "\n";
  }
}

function meansFor(stack: Stack): Means {
  return { reader: clusterReader(stack), containerStatus, diskUse: diskUseInNode, rateOverMs: 1_000 };
}
