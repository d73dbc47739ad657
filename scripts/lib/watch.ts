import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "./fault";
import { wholeOf } from "./options";
import { type ExitCode, messageOf, refusal } from "./verb";

/** How a verb with `--watch` looks, and where it tells what it saw. */
export interface Watching {
  /** So long after each look comes the next; undefined: one look. */
  everyMs?: number;
  /** One document a line in place of text. */
  json: boolean;
  out: NodeJS.WritableStream;
  /** How many looks at most; by default, as many as there is time for. */
  looks?: number;
}

/**
 * Looks once, or again and again until Ctrl-C. Who watches goes on when there is nothing to look at for a while: it may come
 * back, which is what one watches for.
 * @param look hears how many looks there were before it
 * @returns what the last look came to
 */
export async function watch(
  { everyMs, json, out, looks = Infinity }: Watching,
  look: (before: number) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (everyMs === undefined) return look(0);
  const tell = (error: unknown): ExitCode => {
    if (!(error instanceof Fault)) throw error;
    out.write(json ? refusal(error) : `${messageOf(error)}\n`);
    return 1;
  };
  for (let looked = 0; ;) {
    const code = await look(looked).catch(tell);
    if (++looked >= looks) return code;
    await sleep(everyMs);
  }
}

/**
 * The arguments with a value for each `--watch` that has none: Node's own reader knows no option whose value may be missing.
 * @param standardS how many seconds lie between two looks by default
 */
export function withInterval(argv: string[], standardS: number): string[] {
  return argv.map((word, i) =>
    word === "--watch" && !/^[^-]/.test(argv[i + 1] ?? "") ? `--watch=${standardS}` : word,
  );
}

/** What --watch was given, in milliseconds. @throws Misuse when it is no number of seconds */
export function intervalOf(watch: string | undefined): number | undefined {
  return watch === undefined ? undefined : wholeOf("watch", watch) * 1_000;
}
