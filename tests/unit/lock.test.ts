import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Fault } from "../../scripts/lib/fault";
import { holdersOf, waitedFor, whenFree } from "../../scripts/lib/lock";
import { deadPid, LivingProcess } from "../helpers/processes";
import { program, temporaryFolder } from "../helpers/tools";

/** What Pulumi says of a stack that others hold. */
function locked(...holders: [pid: number, host?: string][]): Error {
  const lines = holders.map(
    ([pid, host = os.hostname()]) =>
      `  file:///state/.pulumi/locks/organization/watchtower/local/5d.json: created by me@${host} (pid ${pid}) at 2026-01-02T10:11:12Z`,
  );
  return new Error(
    [
      `code: 255\n stderr: error: the stack is currently locked by ${holders.length} lock(s).`,
      "Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.",
      ...lines,
    ].join("\n"),
  );
}

/** Runs an operation that fails with each of the errors before it succeeds; says what was done about them. */
async function runWith(errors: Error[], isAtWork?: (pid: number) => Promise<boolean>) {
  const did: string[] = [];
  const operation = () => {
    const error = errors.shift();
    return error ? Promise.reject(error) : Promise.resolve("done");
  };
  const cancel = () => Promise.resolve(void did.push("cancel"));
  await whenFree(operation, { cancel, tell: (text) => did.push(text), isAtWork });
  return did;
}

const KILLED = ["An earlier run was killed: taking its lock away", "cancel"];

describe("a stack that another run holds", () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("is not waited for where that run is on another machine, whose process ids say nothing here", async () => {
    const told: string[] = [];
    const holders = [{ host: "elsewhere", pid: process.pid }];
    const locking = { tell: (text: string) => told.push(text), isAtWork: () => Promise.resolve(true) };
    expect([await waitedFor(holders, locking), told]).toEqual([false, []]);
  });

  it("is freed when that run is dead", async () => {
    expect(await runWith([locked([deadPid()])])).toEqual(KILLED);
  });

  it("is freed when the run's id is another program's by now", async () => {
    expect(await runWith([locked([process.pid])])).toEqual(KILLED);
  });

  it("is waited for while that run lives, and its lock is left to it", async () => {
    const pulumi = path.join(folder, "pulumi");
    fs.symlinkSync(program("grep").path!, pulumi); // a process of this name, which reads until we close its input
    const living = new LivingProcess(pulumi, ["anything"]);
    let ended = false;
    setTimeout(() => void living.end().then(() => (ended = true)), 700);
    const did = await runWith([locked([living.pid])]);
    expect([did, ended]).toEqual([
      [`Process ${living.pid} is at work on this stack: waiting for it to end`],
      true,
    ]);
  });

  it("is freed of a dead run only once no living one holds it", async () => {
    const looks = [false, true, true, false]; // the dead; the living, until it ends
    const isAtWork = () => Promise.resolve(looks.shift() ?? false);
    const did = await runWith([locked([1], [2]), locked([1])], isAtWork);
    expect(did).toEqual([expect.stringContaining("Process 2 is at work"), ...KILLED]);
  });

  it("from another machine is left alone, and the machine is named", async () => {
    const run = runWith([locked([deadPid(), "elsewhere.example"])]);
    await expect(run).rejects.toThrow(Fault);
    await expect(run).rejects.toThrow(/^elsewhere\.example is at work on this stack: .*`pulumi cancel`\.$/);
  });

  it("in Pulumi Cloud is left alone", async () => {
    const run = runWith([new Error("error: [409] Conflict: Another update is currently in progress.")]);
    await expect(run).rejects.toThrow(Fault);
    await expect(run).rejects.toThrow(
      /^Another update of this stack is under way: wait .*`pulumi cancel`\.$/,
    );
  });
});

describe("who holds a stack", () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
    const locks = path.join(folder, "state/.pulumi/locks/organization/watchtower/local");
    fs.mkdirSync(locks, { recursive: true });
    const lock = { pid: 4711, username: "me", hostname: "here.example", timestamp: "2026-01-02T10:11:12Z" };
    fs.writeFileSync(path.join(locks, "5d.json"), JSON.stringify(lock));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("stands in the backend's folder, wherever its address begins", () => {
    const holder = { host: "here.example", pid: 4711 };
    expect(holdersOf(`file://${folder}/state`, "local")).toEqual([holder]);
    expect(holdersOf("file://./state", "organization/watchtower/local", folder)).toEqual([holder]);
  });

  it("is nobody where nobody was, and unknown where it is no folder", () => {
    expect(holdersOf(`file://${folder}/state`, "another")).toEqual([]);
    expect(holdersOf("https://app.pulumi.com/me", "local")).toBeUndefined();
  });
});

it("an error that is not about a lock is passed on as it is", async () => {
  const error = new Error("update failed");
  await expect(runWith([error])).rejects.toBe(error);
});
