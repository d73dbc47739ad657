import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { NEEDED_TOOLS, type NeededTool, TOOLS } from "../../versions";
import { asTyped, PROJECT, toolFolder } from "../lib/home";
import { versionOf } from "../lib/tools/tool";
import type { Check, Found } from "./check";
import type { Facts } from "./facts";

/** Programs that the stack is made with, and those that its docs teach. */
export const PROGRAMS: Check[] = [
  ...NEEDED_TOOLS.map((name) => ({
    name,
    look: (facts: Facts) => pinned(name, facts),
  })),
  { name: "Pulumi's plug-ins", look: plugins },
  {
    name: "kubectl",
    look: () => wanted("kubectl", ["version", "--client"], "kubernetes.io/docs/tasks/tools/"),
  },
  { name: "helm", look: () => wanted("helm", ["version", "--short"], "helm.sh/docs/intro/install/") },
];

async function pinned(name: NeededTool, facts: Facts): Promise<Found> {
  const found = await facts.tool(name);
  const { version } = TOOLS[name];
  if ("why" in found)
    return {
      name,
      state: "wrong",
      saw: `${found.why}; ${version} is pinned`,
      mend: "`npm run doctor -- --fix` fetches it, as `npm run up` does",
      fix: { does: `fetching ${name} ${version}`, act: () => facts.mend.fetchTool(name) },
    };
  const runs = await versionOf(name);
  if (runs === undefined)
    return {
      name,
      state: "wrong",
      mend: "`npm run doctor -- --fix` fetches it anew",
      saw: `${toolFolder(name)} holds one that does not run`,
      fix: { does: `fetching ${name} ${version} anew`, act: () => facts.mend.fetchTool(name) },
    };
  const whose = found.ours ? "fetched by Watchtower" : `yours; ${version} is pinned, and yours will do`;
  return { name, state: "ok", saw: `${runs}, ${runs === version ? "as pinned" : whose}` };
}

async function wanted(name: string, ask: string[], where: string): Promise<Found> {
  const version = await versionOf(name, ask);
  if (version !== undefined) return { name, state: "ok", saw: version };
  return {
    name,
    state: "warn",
    saw: "is missing; `npm run status` names commands of it, and docs/learning-path.md teaches with it",
    mend: `install it: https://${where}`,
  };
}

const run = promisify(execFile);

/** The plug-ins that belong to the SDKs of package.json; each is fetched by the first run that needs it. */
async function plugins(facts: Facts): Promise<Found> {
  const name = "Pulumi's plug-ins";
  if ("why" in (await facts.tool("pulumi")))
    return { name, state: "warn", saw: "not looked at, since pulumi will not do" };
  const { stdout } = await run("pulumi", ["plugin", "ls", "--json"], { cwd: PROJECT, env: process.env });
  const cached = JSON.parse(stdout) as { name: string; version?: string }[];
  const missing = plugInsOf().filter(
    (one) =>
      !cached.some((other) => other.name === one.name && other.version === one.version) && !onPath(one.name),
  );
  const told = (some: PlugIn[]) => some.map((one) => `${one.name} ${one.version}`).join(", ");
  if (missing.length === 0) return { name, state: "ok", saw: told(plugInsOf()) };
  const install = missing.map((one) => `pulumi plugin install resource ${one.name} ${one.version}`);
  return {
    name,
    // Where Pulumi may not fetch them itself, nothing goes.
    state: /^(1|true)$/i.test(process.env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION ?? "")
      ? "wrong"
      : "warn",
    saw: `${told(missing)} is not here yet; the first \`npm run up\` fetches it`,
    mend: `\`${asTyped(install.join(" && "))}\``,
    fix: {
      does: `fetching ${told(missing)}`,
      act: async () => {
        for (const one of missing) await facts.mend.fetchPlugIn(one.name, one.version);
      },
    },
  };
}

interface PlugIn {
  name: string;
  version: string;
}

function plugInsOf(): PlugIn[] {
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(PROJECT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  return Object.entries(dependencies).flatMap(([sdk, version]) => {
    const [, name] = /^@pulumi\/(?!pulumi$)(.+)$/.exec(sdk) ?? [];
    return name === undefined ? [] : [{ name, version }];
  });
}

/** Pulumi takes a plug-in that is on PATH before any other, whatever its version. */
function onPath(name: string): boolean {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return folders.some((folder) => fs.existsSync(path.join(folder, `pulumi-resource-${name}`)));
}
