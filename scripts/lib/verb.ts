import { Ended, Fault } from "./fault";
import { enter, withWayToPulumi } from "./home";
import type { Parsed } from "./options";

/** What a verb was started with. */
export interface Surroundings {
  /** The result. */
  out: NodeJS.WritableStream;
  /** What kept it from having one. */
  err: NodeJS.WritableStream;
}

/** 0: done; 1: it could not be done, or is not as it should be; 2: an option is wrong; 130: ended by Ctrl-C. */
export type ExitCode = 0 | 1 | 2 | 130;

/** Does what was asked, and tells in one sentence what kept it from being done. */
export async function runVerb<O>(
  name: string,
  parsed: Parsed<O>,
  { out, err }: Surroundings,
  body: (options: O) => Promise<ExitCode>,
): Promise<ExitCode> {
  if ("help" in parsed) {
    out.write(`${parsed.help}\n`);
    return 0;
  }
  if ("fault" in parsed) {
    err.write(`${name}: ${parsed.fault}\n`);
    if (parsed.json) out.write(refusal(new Fault(parsed.fault)));
    return 2;
  }
  try {
    return await body(parsed.options);
  } catch (error) {
    if (!(error instanceof Fault) && !isRunError(error)) throw error;
    err.write(`${error instanceof Fault ? `${name}: ` : ""}${messageOf(error)}\n`);
    if (wantsJson(parsed.options)) out.write(refusal(error));
    return error instanceof Ended ? 130 : 1;
  }
}

/** What kept a verb from its end, as a person has to read it. */
export function messageOf(error: Error): string {
  return withWayToPulumi(error.message);
}

/** The same as one line of JSON: a program that reads our answer has one to read. */
export function refusal(error: Error): string {
  return `${JSON.stringify({ ok: false, error: messageOf(error) })}\n`;
}

/** What --json answers. */
export function inJson(answer: object): string {
  return `${JSON.stringify(answer, null, 2)}\n`;
}

function wantsJson(options: unknown): boolean {
  return (options as { json?: unknown } | undefined)?.json === true;
}

/** Whether it is Pulumi's RunError, by the mark it goes by itself: its SDK takes 0.6 s to load, too long for most verbs. */
export function isRunError(error: unknown): error is Error {
  return (error as { __pulumiRunError?: boolean }).__pulumiRunError === true;
}

/** Runs a verb as a program of its own. */
export function main(run: (argv: string[], around: Surroundings) => Promise<ExitCode>): void {
  enter();
  // gRPC and fetch wait by timers that do not hold the process: it would end in the middle of a wait, with exit code 0.
  setInterval(() => undefined, 60_000);
  void run(process.argv.slice(2), { out: process.stdout, err: process.stderr }).then((code) =>
    // A connection that is still waiting for an answer would hold the process for seconds.
    process.stdout.write("", () => process.exit(code)),
  );
}
