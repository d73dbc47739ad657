import { ensureStateFolder, enter } from "./home";
import { Fault } from "./fault";
import { ensurePassphrase } from "./passphrase";
import { thisPlatform } from "./tools/platform";
import { ensureTool, type Tool } from "./tools/tool";
import { NEEDED_TOOLS } from "../../versions";

/** The least Node (package.json, `engines`). */
const NODE = { major: 20, minor: 20 };

/**
 * Has the programs and the passphrase at hand that every verb needs, and lets this process use them.
 * @throws Fault when one cannot be had
 */
export async function prepare(tell: (text: string) => void): Promise<Tool[]> {
  thisPlatform();
  checkNode(process.versions.node);
  const found: Tool[] = [];
  for (const name of NEEDED_TOOLS) found.push(await ensureTool(name, tell));
  ensurePassphrase();
  ensureStateFolder();
  enter();
  return found;
}

/** @throws Fault when this Node is older than that */
export function checkNode(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < NODE.major || (major === NODE.major && minor < NODE.minor))
    throw new Fault(
      `Node ${version} is too old: install Node ${NODE.major}.${NODE.minor} or later (https://nodejs.org), run \`npm ci\`, and then this again.`,
    );
}
