import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Fault } from "./fault";
import { PROJECT } from "./home";
import { PROJECT_NAME, shortName } from "./stack-name";
import { isAlive } from "./tools/tool";

/** Who holds a stack, as Pulumi names them. */
export interface Holder {
  host: string;
  pid: number;
}

/** The holders that an error of Pulumi's names; none: it is not about a lock. */
function holdersIn(said: string): Holder[] {
  return [...said.matchAll(/created by \S+@(\S+) \(pid (\d+)\)/g)].map(([, host = "", pid]) => ({
    host,
    pid: Number(pid),
  }));
}

/**
 * Reads who holds a stack, without an operation that would have to wait for it.
 * @param backend address of the backend, as `pulumi whoami` tells it
 * @param folder the project's, which a relative address starts from
 * @returns undefined where nobody can look: only a folder keeps locks as files
 */
export function holdersOf(backend: string, stack: string, folder = PROJECT): Holder[] | undefined {
  const [, place] = /^file:\/\/(.*)$/.exec(backend) ?? [];
  if (place === undefined) return undefined;
  const state = path.resolve(folder, place.replace(/^~/, os.homedir()));
  const locks = path.join(state, ".pulumi/locks/organization", PROJECT_NAME, shortName(stack));
  if (!fs.existsSync(locks)) return [];
  return fs
    .readdirSync(locks)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(fs.readFileSync(path.join(locks, file), "utf8")) as Lock)
    .map(({ hostname, pid }) => ({ host: hostname, pid }));
}

/** Of what Pulumi writes into such a file. */
interface Lock {
  pid: number;
  hostname: string;
}

/** What has to be known of the stack's surroundings. */
export interface Locking {
  /** Takes away the stack's locks. */
  cancel: () => Promise<void>;
  tell: (text: string) => void;
  isAtWork?: (pid: number) => Promise<boolean>;
}

/**
 * Runs an operation of Pulumi's. A lock that a killed run has left is taken away; a run that is at work is waited for.
 * @throws Fault when the stack is held from another machine, else what the operation throws
 */
export async function whenFree<T>(operation: () => Promise<T>, locking: Locking): Promise<T> {
  const { cancel, tell, isAtWork = isPulumiAtWork } = locking;
  for (;;) {
    try {
      return await operation();
    } catch (error) {
      const said = (error as Error).message;
      if (/another update is currently in progress/i.test(said))
        throw new Fault(
          "Another update of this stack is under way: wait for it to end, or end it with `pulumi cancel`.",
        );
      const holders = holdersIn(said);
      if (holders.length === 0) throw error;
      const elsewhere = holders.find(({ host }) => host !== os.hostname());
      if (elsewhere)
        throw new Fault(
          `${elsewhere.host} is at work on this stack: wait for it to end or, if it was killed, run \`pulumi cancel\`.`,
        );
      // One that was at work has taken its lock away, and by now another may have one.
      if (await waitedFor(holders, { tell, isAtWork })) continue;
      tell("An earlier run was killed: taking its lock away");
      await cancel();
    }
  }
}

/** Waits for the first of them that is at work on this machine. @returns whether there was one */
export async function waitedFor(
  holders: Holder[],
  { tell, isAtWork = isPulumiAtWork }: Pick<Locking, "tell" | "isAtWork">,
): Promise<boolean> {
  for (const { host, pid } of holders) {
    if (host !== os.hostname() || !(await isAtWork(pid))) continue;
    tell(`Process ${pid} is at work on this stack: waiting for it to end`);
    while (await isAtWork(pid)) await sleep(500);
    return true;
  }
  return false;
}

/** Whether that process is Pulumi; after a restart of the machine its id may be another's. */
export async function isPulumiAtWork(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const { stdout } = await promisify(execFile)("ps", ["-p", String(pid), "-o", "comm="]).catch(() => ({
    stdout: "pulumi", // no `ps` here
  }));
  return stdout.includes("pulumi");
}
