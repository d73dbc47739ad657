import { styleText } from "node:util";

/** A stream that may be a terminal. */
type Stream = NodeJS.WritableStream & { isTTY?: boolean };

/** The words that a line of ours begins with to say how something is. */
const WORDS: Record<string, "green" | "red" | "yellow"> = {
  ok: "green",
  passed: "green",
  WRONG: "red",
  MISSING: "red",
  FAULT: "red",
  FAILED: "red",
  warn: "yellow",
  unchecked: "yellow",
  "Mind:": "yellow",
};

/** Whether a stream gets colours: FORCE_COLOR and NO_COLOR (https://no-color.org) say so first, then what it is. */
export function hasColours({ isTTY }: Stream, env: NodeJS.ProcessEnv = process.env): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: none, TERM: terminal } = env;
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return isTTY === true && !none && terminal !== "dumb";
}

/** Where that word stands: first in its line, or behind the column that `status` groups its lines by. */
const WORD = new RegExp(`^([a-z]+ {2,}| +|)(${Object.keys(WORDS).join("|")})(?!\\S)`, "gm");

/** Lines for that stream, each with the word that tells how something is in a colour of its own. */
export function coloured(out: Stream, text: string): string {
  if (!hasColours(out)) return text;
  return text.replace(
    WORD,
    (_, before: string, word: string) =>
      `${before}${styleText(WORDS[word]!, word, { validateStream: false })}`,
  );
}
