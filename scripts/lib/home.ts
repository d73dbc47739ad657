import * as fs from "node:fs";
import * as path from "node:path";
import { TOOL_NAMES, TOOLS, type ToolName } from "../../versions";

/** The project's folder. */
export const PROJECT = path.resolve(__dirname, "../..");

/** What the project keeps beside its code and shares with nobody: state, passphrase, programs. */
export const HOME = path.join(PROJECT, ".watchtower");

/** What `npm run e2e:faults` has changed on the stack, and not put back yet. */
export const UNDO_FILE = path.join(HOME, "faults-undo.json");

/** Where a pinned program of ours is, or would be. */
export function toolFolder(name: ToolName, home = HOME): string {
  return path.join(home, "tools", `${name}-${TOOLS[name].version}`);
}

export function passphraseFile(home = HOME): string {
  return path.join(home, "passphrase");
}

/** Makes the folder of the state (Pulumi.yaml), which Pulumi does not; a `git clean`, or a person, may have taken it away. */
export function ensureStateFolder(env: NodeJS.ProcessEnv = process.env, home = HOME): void {
  if (env.PULUMI_BACKEND_URL !== undefined) return;
  try {
    fs.mkdirSync(path.join(home, "state"), { recursive: true });
  } catch {
    // A folder that may not be written to: what Pulumi says of it is told by whoever asks Pulumi.
  }
}

/**
 * The variables by which plain `pulumi` in this folder is the one that `npm run up` uses: same CLI, same state, same
 * passphrase. What the user has set stays as it is. `home` and `env` are those of this process by default.
 */
export function environment(env: NodeJS.ProcessEnv = process.env, home = HOME): Record<string, string> {
  const folders = TOOL_NAMES.map((name) => toolFolder(name, home)).filter(
    (folder) => fs.existsSync(folder) && !env.PATH?.split(path.delimiter).includes(folder),
  );
  return {
    ...(folders.length > 0 && { PATH: [...folders, env.PATH].join(path.delimiter) }),
    ...(!hasPassphrase(env) &&
      fs.existsSync(passphraseFile(home)) && { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(home) }),
    // Its advice would go into the middle of our output.
    ...(env.PULUMI_SKIP_UPDATE_CHECK === undefined && { PULUMI_SKIP_UPDATE_CHECK: "true" }),
  };
}

/** Whether plain `pulumi` needs `npm run -s env` in the user's own shell. */
let needed = false;

/** Lets this process, and all that it starts, use what the project keeps. */
export function enter(env: NodeJS.ProcessEnv = process.env, home = HOME): void {
  ensureStateFolder(env, home);
  const variables = environment(env, home);
  const differs = "PATH" in variables || "PULUMI_CONFIG_PASSPHRASE_FILE" in variables;
  needed ||= differs || !has("pulumi", env);
  Object.assign(env, variables);
}

function has(program: string, { PATH = "" }: NodeJS.ProcessEnv): boolean {
  return PATH.split(path.delimiter).some((folder) => fs.existsSync(path.join(folder, program)));
}

/** Makes a shell one in which plain `pulumi` is ours. */
const ENTER = 'eval "$(npm run -s env)"';

/** A command of Pulumi's as the user has to type it in a shell of theirs. */
export function asTyped(command: string): string {
  return needed ? `${ENTER} && ${command}` : command;
}

/** A text of ours, with what a shell needs first where a command of Pulumi's is in it. */
export function withWayToPulumi(text: string): string {
  return needed && text.includes("`pulumi ") && !text.includes(ENTER)
    ? `${text} (First, once in your shell: \`${ENTER}\`)`
    : text;
}

/** Whether the user says which passphrase to take; an empty one is one, too. */
export function hasPassphrase(env: NodeJS.ProcessEnv): boolean {
  return env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
}
