import { parseArgs, type ParseArgsConfig } from "node:util";
import { readDuration, wholeNumberBetween } from "../../loadgen/option-readers";

/** What the command line asks for, or what keeps it from being understood. */
export type Parsed<O> =
  | { options: O }
  | { help: string }
  /** `json`: a program asked, and wants a document. */
  | { fault: string; json?: true };

/** An option that cannot be used; the message says which, and what it takes. */
export class Misuse extends Error {}

type Flags = NonNullable<ParseArgsConfig["options"]>;
type WithHelp<F extends Flags> = F & { help: { type: "boolean"; short: "h" } };
type Values<F extends Flags> = ReturnType<
  typeof parseArgs<{ options: WithHelp<F>; allowPositionals: true }>
>["values"];

/**
 * Reads the command line of one verb.
 * @param verb its name, as in `npm run <verb>`, and how many words it takes beside its options; by default, none
 * @param read makes the options of the flags' values and the words beside them; throws Misuse on what cannot be used
 */
export function parse<F extends Flags, O>(
  verb: { name: string; help: string; flags: F; words?: number },
  argv: string[],
  read: (values: Values<F>, words: string[]) => O,
): Parsed<O> {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      options: { ...verb.flags, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
    if ((values as { help?: boolean }).help) return { help: verb.help };
    const stray = positionals[verb.words ?? 0];
    if (stray !== undefined) throw new Misuse(`Unexpected argument '${stray}'`);
    return { options: read(values, positionals) };
  } catch (error) {
    const fault = `${whatIsWrong(error)}; \`npm run ${verb.name} -- --help\` lists the options.`;
    return { fault, ...("json" in verb.flags && argv.includes("--json") && { json: true }) };
  }
}

/** @throws what is neither a misuse nor what Node's reader refuses */
function whatIsWrong(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof Misuse) return message;
  if (!code?.startsWith("ERR_PARSE_ARGS_")) throw error;
  return message.split(/\. |\n/)[0]!; // advice on dashes follows
}

/**
 * The name that --stack was given, if it was.
 * @throws Misuse when it cannot be one
 */
export function stackName(given: string | undefined): string | undefined {
  if (given !== undefined && !/^(\w[\w.-]*\/){0,2}\w[\w.-]*$/.test(given))
    throw new Misuse(`--stack cannot be "${given}"`);
  return given;
}

/**
 * The time that an option was given, in milliseconds.
 * @throws Misuse when it is none
 */
export function durationOf(name: string, text: string): number {
  const milliseconds = readDuration(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new Misuse(`--${name} cannot be "${text}": it takes a time above 0 such as 500ms, 30s or 2m`);
}

/**
 * The count that an option was given.
 * @throws Misuse when it is none, 0, or more than `most`
 */
export function wholeOf(name: string, text: string, most?: number): number {
  const count = wholeNumberBetween(text, 1, most ?? 999_999);
  if (count !== undefined) return count;
  const range = most === undefined ? "above 0" : `from 1 to ${most}`;
  throw new Misuse(`--${name} cannot be "${text}": it takes a whole number ${range}`);
}
