import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { settings } from "../e2e/bench";
import { Fault } from "../lib/fault";
import { PROJECT } from "../lib/home";

const STACK_FILE = "Pulumi.local.yaml";
/** Where docs/helm-learning-notes.md has a chart put that it asks a repository for. */
const PULLED = "rendered/charts";

/** The project as somebody has it who has just fetched it: no dependencies, no state, no passphrase. */
export class FreshCopy {
  private readonly above = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "watchtower-docs-"));
  readonly folder = path.join(this.above, "watchtower");
  private readonly shipped: object;

  /** @throws Fault where it cannot be told what belongs to the project */
  constructor(env: NodeJS.ProcessEnv, project = PROJECT) {
    for (const file of filesOf(project)) fs.cpSync(path.join(project, file), path.join(this.folder, file));
    const { WATCHTOWER_CHARTS: charts } = env;
    if (charts) fs.cpSync(charts, path.join(this.folder, PULLED), { recursive: true });
    this.shipped = { ...this.stackFile().config, ...settings(env) };
    this.resetSettings();
  }

  /** What the environment of this process has that a reader's has not: of npm, and of a stack of the user's own. */
  environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const OURS = /^(npm_(lifecycle|package|command|execpath|config_local_prefix)|INIT_CWD$)/;
    const STACK = /^PULUMI_(BACKEND_URL|STACK|CONFIG_PASSPHRASE(_FILE)?)$/;
    const kept = Object.entries(env).filter(([name]) => !OURS.test(name) && !STACK.test(name));
    const folders = (env.PATH ?? "").split(path.delimiter);
    return {
      ...Object.fromEntries(kept),
      PATH: folders.filter((folder) => !/node_modules\/|\.watchtower\//.test(folder)).join(path.delimiter),
      PULUMI_SKIP_CONFIRMATIONS: "true", // plain `pulumi up` asks a person
    };
  }

  /** Sets the stack back to the settings that are shipped; its salt stays, or its secrets could not be read again. */
  resetSettings(): void {
    fs.writeFileSync(
      path.join(this.folder, STACK_FILE),
      stringify({ ...this.stackFile(), config: this.shipped }),
    );
  }

  remove(): void {
    fs.rmSync(this.above, { recursive: true, force: true });
  }

  private stackFile(): { config?: object } {
    return parse(fs.readFileSync(path.join(this.folder, STACK_FILE), "utf8")) as { config?: object };
  }
}

/** What is under version control, or would be. */
function filesOf(project: string): string[] {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  try {
    const files = execFileSync("git", args, { cwd: project, encoding: "utf8" }).split("\0").filter(Boolean);
    return files.filter((file) => fs.existsSync(path.join(project, file)));
  } catch {
    throw new Fault("What belongs to the project cannot be listed: run this in a clone, with git installed.");
  }
}
