import { elapsed } from "../lib/screen";
import type { Planned } from "./plan";
import type { Ended, Shell } from "./shell";

/** What came of a command; `left out`: the shell that it was to run in has ended. */
export interface Result {
  command: Planned;
  outcome: "ok" | "FAILED" | "not run" | "left out";
  /** How long it took. */
  time?: string;
  /** Why it was not run, or what it said last before it failed. */
  note?: string;
}

/** What goes on in the background until its section ends, and is judged then. */
interface Beside {
  result: Result;
  ended: Ended;
}

/** What following a document needs. */
export interface Following {
  shell: Shell;
  /** Hears of each command once it is done with. */
  tell: (result: Result) => void;
  /** How long a command may take. Default: 20 minutes, since a first start pulls all images. */
  withinMs?: number;
  /** How long a command in the background may take to say something. Default: 30 s. */
  firstWordMs?: number;
}

const LINES_OF_A_FAILURE = 15;

/** What brings the stack back for a command that takes it away, after another one has. */
const BRING_BACK = "npm run up";

/**
 * Runs the commands of one document in one shell: the blocks in their order, what stands within sentences, and last what takes
 * the stack away.
 */
export async function follow(commands: Planned[], following: Following): Promise<Result[]> {
  const { shell, tell } = following;
  const last = commands.filter(({ way }) => way === "last");
  const blocks = commands.filter(({ isBlock }) => isBlock);
  const others = commands.filter(({ isBlock, way }) => !isBlock && way !== "last");
  const results: Result[] = [];
  const beside: Beside[] = [];
  const endBeside = () => Promise.all(beside.splice(0).map((one) => judgeBeside(one, following)));
  let section: number | undefined;
  for (const command of [...blocks, ...others, ...last]) {
    if (command.section !== section || command.way === "last") await endBeside();
    section = command.section;
    if (command.way === "last" && command !== last[0])
      await shell.run(BRING_BACK, patience(following).withinMs);
    const { result, ended } = await resultOf(command, following);
    results.push(result);
    if (command.way === "beside" && ended?.pid !== undefined) beside.push({ result, ended });
    else tell(result);
  }
  await endBeside();
  return results;
}

/** Ends what went on beside its section; one that had failed meanwhile has failed. */
async function judgeBeside({ result, ended }: Beside, { shell, tell }: Following): Promise<void> {
  const { command } = result;
  const code = await shell.endBeside(ended.pid!);
  if (code !== undefined && code !== 0)
    Object.assign(result, { outcome: "FAILED", note: whatFailed(command, { ...ended, code }) });
  tell(result);
}

async function resultOf(command: Planned, following: Following): Promise<{ result: Result; ended?: Ended }> {
  if (command.way === "not run") return { result: { command, outcome: "not run", note: command.why } };
  if (following.shell.ended) return { result: { command, outcome: "left out" } };
  const beganAt = Date.now();
  const ended = await run(command, following);
  const time = elapsed(beganAt);
  if (isAsMeant(command, ended)) return { result: { command, outcome: "ok", time }, ended };
  return { result: { command, outcome: "FAILED", time, note: whatFailed(command, ended) }, ended };
}

async function run({ way, text }: Planned, following: Following): Promise<Ended> {
  const { withinMs, firstWordMs } = patience(following);
  if (way !== "beside" && way !== "briefly") return following.shell.run(text, withinMs);
  const ended = await following.shell.start(text, firstWordMs);
  if (way === "briefly" && ended.pid !== undefined) await following.shell.endBeside(ended.pid);
  return ended;
}

/** In the background it goes on, or has come to a good end already. */
function isAsMeant({ way }: Planned, { code, said }: Ended): boolean {
  if (way === "fails") return code !== undefined && code !== 0;
  if (way === "beside" || way === "briefly") return said !== "" && (code === undefined || code === 0);
  return code === 0;
}

function whatFailed({ way }: Planned, { code, said }: Ended): string {
  const how =
    way === "fails"
      ? "It did not fail, and the document says so."
      : code === undefined
        ? "It took too long."
        : `It ended with ${code}.`;
  return [how, ...said.trimEnd().split("\n").slice(-LINES_OF_A_FAILURE)].join("\n");
}

function patience({ withinMs = 20 * 60_000, firstWordMs = 30_000 }: Following) {
  return { withinMs, firstWordMs };
}
