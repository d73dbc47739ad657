import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import type { Plan } from "../../scripts/plan/plan";
import { run } from "../../scripts/plan/run";
import { Memory } from "./memory";
import { ownEnvironment } from "./own-environment";

export { Memory };

const PROJECT = path.join(__dirname, "../..");
export const ENDPOINT = "sumoEndpoint=https://sumo.example/receiver/v1/otlp/secret-token";

ownEnvironment();

/** Pulumi.yaml as it is, and the stack's file as a test wants it. */
export let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "plan-"));
  fs.copyFileSync(path.join(PROJECT, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

export function stackFile(stack: string, config: Record<string, unknown>): void {
  fs.writeFileSync(path.join(folder, `Pulumi.${stack}.yaml`), stringify({ config }));
}

export async function plan(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = [new Memory(), new Memory()];
  const code = await run(argv, { out, err, folder });
  return { code, out: out.text, err: err.text };
}

export async function planAsData(...argv: string[]): Promise<Plan> {
  const { out, err } = await plan("--json", ...argv);
  if (err) throw new Error(err);
  return JSON.parse(out) as Plan;
}

/** The lines below a heading, up to the next empty one. */
export function section(text: string, heading: string): string[] {
  const lines = text.split("\n");
  const from = lines.indexOf(heading) + 1;
  return lines.slice(from, lines.indexOf("", from));
}
