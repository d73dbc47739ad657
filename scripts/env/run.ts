import { environment } from "../lib/home";
import { parse } from "../lib/options";
import { prepare } from "../lib/prepare";
import { type ExitCode, inJson, runVerb, type Surroundings } from "../lib/verb";

const HELP = `Prints what a shell needs so that plain \`pulumi\` in this folder is the one that \`npm run up\` uses; a missing
Pulumi CLI or kind is fetched first.

npm run env -- [options]
  --json    the variables as one JSON document, for a program that starts others
  --help    print this

In a shell: eval "$(npm run -s env)"

Exit code: 0 done, 1 something cannot be had, 2 an option is wrong.`;

const FLAGS = { json: { type: "boolean", default: false } } as const;

/** The user's own surroundings, before this process has entered the project's. */
const THEIRS = { ...process.env };

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  const parsed = parse({ name: "env", help: HELP, flags: FLAGS }, argv, ({ json }) => ({ json }));
  return runVerb("env", parsed, around, async ({ json }) => {
    // Not into what the shell evaluates.
    await prepare((text) => void around.err.write(`${text}\n`));
    const variables = environment(THEIRS);
    around.out.write(json ? inJson(variables) : exportsOf(variables));
    return 0;
  });
}

/** What any shell of POSIX's has to evaluate to have these variables. */
export function exportsOf(variables: Record<string, string>): string {
  const quoted = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join("");
}
