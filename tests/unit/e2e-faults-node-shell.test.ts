import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { NodeShell } from "../../scripts/e2e-faults/node-shell";
import { Fault } from "../../scripts/lib/fault";
import { temporaryFolder } from "../helpers/tools";

/** What is mounted over a folder stands in its place; the folder itself waits beside it. */
const FAKES: Record<string, string> = {
  mount: `for folder; do :; done
    mv "$folder" "$folder.under"
    if [ "$1" = --bind ]; then cp -a "$2" "$folder"; else mkdir "$folder"; fi`,
  umount: `rm -r "$1"; mv "$1.under" "$1"`,
  mountpoint: `[ -d "$2.under" ]`,
};
/** Programs that change something, each of which a script may be killed before. */
const CHANGES = ["cp", "mkdir", "mount", "mv", "rm", "rmdir", "umount"];

let root: string;
let folder: string;
beforeEach(() => {
  root = temporaryFolder();
  folder = path.join(root, "volumes", "tempo");
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "data"), "old");
});
afterEach(() => fs.rmSync(root, { recursive: true }));

/** A shell on this machine, where a script is killed before its so-many-th change. */
function shell(killedAt = 0): NodeShell {
  const bin = fs.mkdtempSync(path.join(root, "bin-"));
  const count = path.join(bin, "count");
  fs.writeFileSync(count, "");
  const write = (name: string, body: string) =>
    fs.writeFileSync(path.join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  for (const [name, body] of Object.entries(FAKES)) write(name, `PATH=${process.env.PATH}\n${body}`);
  for (const name of CHANGES) {
    const fake = FAKES[name] ?? `exec ${name} "$@"`;
    write(
      name,
      `PATH=${process.env.PATH}
       echo >> ${count}
       [ $(wc -l < ${count}) -eq ${killedAt} ] && kill -9 $PPID && exit
       ${fake}`,
    );
  }
  return new NodeShell(["env", `PATH=${bin}:${process.env.PATH}`]);
}

const data = () => fs.readFileSync(path.join(folder, "data"), "utf8");
const beside = () => fs.readdirSync(path.dirname(folder));

it("puts a small file system over a folder, and keeps what was written to it", async () => {
  await shell().mountSmall(folder, 64);
  expect([data(), beside()]).toEqual(["old", ["tempo", "tempo.under"]]);
  fs.writeFileSync(path.join(folder, "data"), "new");
  fs.writeFileSync(path.join(folder, ".filler"), "0");
  await shell().unmountSmall(folder);
  expect([data(), beside(), fs.readdirSync(folder)]).toEqual(["new", ["tempo"], ["data"]]);
  await shell().unmountSmall(folder);
  expect(data()).toBe("new");
});

it("loses nothing wherever it is killed as it takes it away", async () => {
  for (let killedAt = 1; ; killedAt++) {
    await shell().mountSmall(folder, 64);
    fs.writeFileSync(path.join(folder, "data"), `new ${killedAt}`);
    const ended = await shell(killedAt)
      .unmountSmall(folder)
      .then(
        () => true,
        () => false,
      );
    await shell().unmountSmall(folder);
    expect([data(), beside()]).toEqual([`new ${killedAt}`, ["tempo"]]);
    if (!ended) continue;
    expect(killedAt).toBeGreaterThan(5);
    return;
  }
}, 30_000);

it("loses nothing wherever it is killed as it puts it there", async () => {
  for (let killedAt = 1; ; killedAt++) {
    const ended = await shell(killedAt)
      .mountSmall(folder, 64)
      .then(
        () => true,
        () => false,
      );
    await shell().unmountSmall(folder);
    expect([data(), beside()]).toEqual(["old", ["tempo"]]);
    if (!ended) continue;
    expect(killedAt).toBeGreaterThan(5);
    return;
  }
}, 30_000);

it("refuses to take much of the machine's memory", async () => {
  await expect(shell().mountSmall(folder, 512)).rejects.toThrow(Fault);
  await expect(shell().mountSmall(folder, 512)).rejects.toThrow(
    /would take 513 MiB of memory, and at most 512/,
  );
  expect(beside()).toEqual(["tempo"]);
});

it("runs in a process group of its own, which Ctrl-C does not reach", async () => {
  const file = path.join(root, "group");
  await new NodeShell(["sh", "-c", `ps -o pgid= -p $$ > ${file}`]).empty(folder);
  const own = execFileSync("ps", ["-o", "pgid=", "-p", String(process.pid)], { encoding: "utf8" });
  expect(fs.readFileSync(file, "utf8").trim()).not.toBe(own.trim());
});
