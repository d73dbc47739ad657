import * as fs from "node:fs";
import * as path from "node:path";
import { refuseToBreakAnother } from "../e2e/run";
import { HOME, PROJECT } from "../lib/home";
import { coloured } from "../lib/colours";
import { type ExitCode, runVerb, type Surroundings } from "../lib/verb";
import { commandsOf, documents } from "./commands";
import { FreshCopy } from "./copy";
import { follow, type Result } from "./follow";
import { type Options, parseOptions } from "./options";
import { planOf, type Planned } from "./plan";
import { allWell, planLine, resultLine, verdict } from "./report";
import { Shell } from "./shell";

/** Everything that the commands print. */
const LOG = path.join(HOME, "e2e-docs.log");

/** The document that begins with an empty folder, as its reader does. */
const FROM_NOTHING = "README.md";

/** What has to be done after all of them. */
const TAKEN_AWAY = "npm run down";
const NEEDED_WITHIN_MS = 20 * 60_000;

/** The surroundings of a user, before this process has entered the project's. */
const THEIRS = { ...process.env };

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  const tell = (text: string) => void around.out.write(`${coloured(around.out, text)}\n`);
  return runVerb("e2e:docs", parseOptions(argv), around, async (options) => {
    const plan = readPlan(options.files, THEIRS);
    if (options.list) {
      plan.forEach((command) => tell(planLine(command)));
      return 0;
    }
    await refuseToBreakAnother();
    const stop = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
    const results = await followAll(plan, options, { tell, env: THEIRS, stop: stop.signal });
    if (stop.signal.aborted) return 130;
    tell(verdict(results));
    if (allWell(results)) return 0;
    around.err.write(`e2e:docs: all that was printed is in ${LOG}\n`);
    return 1;
  });
}

/** What becomes of each command of these documents. */
export function readPlan(
  files = documents(),
  { WATCHTOWER_CHARTS: charts }: NodeJS.ProcessEnv = {},
): Planned[] {
  const read = (file: string) => commandsOf(file, fs.readFileSync(path.join(PROJECT, file), "utf8"));
  return planOf(files.flatMap(read), charts);
}

/** Where documents are followed. */
export interface Place {
  tell: (text: string) => void;
  /** What the reader's shell has. */
  env: NodeJS.ProcessEnv;
  /** Ends what is under way; what was brought up is still taken away. */
  stop: AbortSignal;
  /** The folder to take a copy of. Default: this project. */
  project?: string;
  /** Where to keep what the commands print. */
  log?: string;
}

/** Follows documents one after the other in one fresh copy of the project, and takes away what they brought up. */
export async function followAll(
  plan: Planned[],
  { files, keep }: Pick<Options, "files" | "keep">,
  { tell, env, stop, project = PROJECT, log = LOG }: Place,
): Promise<Result[]> {
  fs.mkdirSync(path.dirname(log), { recursive: true });
  fs.writeFileSync(log, "");
  const copy = new FreshCopy(env, project);
  const open = () => new Shell(copy.folder, copy.environment(env), (text) => fs.appendFileSync(log, text));
  const results: Result[] = [];
  try {
    for (const file of files) {
      if (stop.aborted) break;
      const commands = plan.filter((command) => command.file === file);
      copy.resetSettings();
      const shell = open();
      stop.addEventListener("abort", () => void shell.end());
      const isRun = commands.some(({ way }) => way !== "not run");
      if (isRun && file !== FROM_NOTHING) await shell.run(neededFor(commands), NEEDED_WITHIN_MS);
      results.push(...(await follow(commands, { shell, tell: (result) => tell(resultLine(result)) })));
      await shell.end();
    }
  } finally {
    if (keep) tell(`Copy and stack are left as they are: ${copy.folder}`);
    else {
      const shell = open();
      await shell.run(TAKEN_AWAY, NEEDED_WITHIN_MS);
      await shell.end();
      copy.remove();
    }
  }
  return results;
}

/** What the reader of a document has done before: all that the README says, but for a stack that the document brings up itself. */
function neededFor(commands: Planned[]): string {
  const dependencies = "[ -d node_modules ] || npm ci --no-audit --no-fund";
  const stack = commands.find(({ text, way }) => way !== "not run" && text.startsWith("npm "));
  const bringsItUp = stack?.isBlock && stack.text.startsWith("npm run up");
  return [dependencies, ...(bringsItUp ? [] : ["npm run up"]), 'eval "$(npm run -s env)"'].join("\n");
}
