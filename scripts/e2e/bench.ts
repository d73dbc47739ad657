import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { CHARTS, COMPONENTS } from "../../versions";
import { Fault } from "../lib/fault";
import { HOME, PROJECT } from "../lib/home";

const STACK = "e2e";
const STACK_FILE = path.join(PROJECT, `Pulumi.${STACK}.yaml`);
const LINES_OF_A_FAILURE = 30;

/** A stack of the test's own, with state and passphrase apart from the user's; and the commands that a user would type. */
export class Bench {
  /** Everything that the commands print. */
  readonly log = path.join(HOME, "e2e.log");
  private readonly state = fs.mkdtempSync(path.join(os.tmpdir(), "watchtower-e2e-"));
  private readonly env: NodeJS.ProcessEnv;

  constructor(given: NodeJS.ProcessEnv = process.env) {
    this.env = {
      ...given,
      PULUMI_BACKEND_URL: `file://${this.state}`,
      PULUMI_STACK: STACK,
      PULUMI_CONFIG_PASSPHRASE: "e2e",
    };
    // For what this process itself asks of the stack.
    Object.assign(process.env, this.env);
    fs.writeFileSync(STACK_FILE, stringify({ config: settings(given) }));
    fs.writeFileSync(this.log, "");
  }

  /**
   * Runs a command to its end.
   * @returns what it printed
   * @throws Fault with its last lines when it fails
   */
  async command(program: string, ...args: string[]): Promise<string> {
    fs.appendFileSync(this.log, `\n$ ${program} ${args.join(" ")}\n`);
    const child = spawn(program, args, { cwd: PROJECT, env: this.env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (piece: Buffer) => {
        said += piece.toString();
        fs.appendFileSync(this.log, piece);
      });
    const code = await new Promise((resolve, reject) => child.on("close", resolve).on("error", reject));
    if (code === 0) return said;
    const last = said.trimEnd().split("\n").slice(-LINES_OF_A_FAILURE).join("\n");
    throw new Fault(`\`${program} ${args.join(" ")}\` ended with ${String(code)}:\n${last}`);
  }

  /** One of our verbs, as a user types it. */
  npmRun(verb: string, ...args: string[]): Promise<string> {
    return this.command("npm", "run", "-s", verb, "--", ...args);
  }

  /** Takes away what the test itself has written, but for its log. */
  remove(): void {
    fs.rmSync(this.state, { recursive: true, force: true });
    fs.rmSync(STACK_FILE, { force: true });
  }
}

/** Node image and charts as this machine has them. */
export function settings({ WATCHTOWER_NODE_IMAGE: nodeImage, WATCHTOWER_CHARTS: charts }: NodeJS.ProcessEnv) {
  return {
    "watchtower:grafanaAdminPassword": "watchtower",
    ...(nodeImage && { "watchtower:nodeImage": nodeImage }),
    ...(charts && {
      "watchtower:charts": Object.fromEntries(
        COMPONENTS.map((name) => [name, { path: path.resolve(charts, CHARTS[name].chart) }]),
      ),
    }),
  };
}
