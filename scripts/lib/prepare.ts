import { enter } from "./home";
import { Fault } from "./fault";
import { ensurePassphrase, isLocked } from "./passphrase";
import { thisPlatform } from "./tools/platform";
import { ensureTool, type Tool } from "./tools/tool";
import { NEEDED_TOOLS } from "../../versions";

/** The least Node (package.json, `engines`). */
const NODE = { major: 20, minor: 20 };

/**
 * Has the programs and the passphrase at hand that every verb needs, and lets this process use them.
 * @param stack the one named; undefined: PULUMI_STACK, the one selected, or `local`
 * @throws Fault when one cannot be had
 */
export async function prepare(tell: (text: string) => void, stack?: string): Promise<Tool[]> {
  thisPlatform();
  checkNode(process.versions.node);
  const found: Tool[] = [];
  for (const name of NEEDED_TOOLS) found.push(await ensureTool(name, tell));
  enter();
  if (!(await isLocked(() => nameOf(stack)))) ensurePassphrase();
  enter();
  return found;
}

/** Pulumi's SDK takes 2 s to load: only where it is needed. */
async function nameOf(stack: string | undefined): Promise<string> {
  return (await import("./engine.js")).Engine.nameOf(stack);
}

/** @throws Fault when this Node is older than that */
export function checkNode(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < NODE.major || (major === NODE.major && minor < NODE.minor))
    throw new Fault(
      `Node ${version} is too old: install Node ${NODE.major}.${NODE.minor} or later (https://nodejs.org), run \`npm ci\`, and then this again.`,
    );
}
