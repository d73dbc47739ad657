import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { commandsOf } from "../../scripts/e2e-docs/commands";
import { parseOptions } from "../../scripts/e2e-docs/options";
import { planOf } from "../../scripts/e2e-docs/plan";
import { allWell, resultLine, verdict } from "../../scripts/e2e-docs/report";
import { followAll } from "../../scripts/e2e-docs/run";
import { Shell } from "../../scripts/e2e-docs/shell";
import { isAlive } from "../../scripts/lib/tools/tool";
import { program, temporaryFolder } from "../helpers/tools";

const block = (...lines: string[]) => ["```sh", ...lines, "```"].join("\n");
const plan = (text: string) => planOf(commandsOf("README.md", text));

describe("the commands of a document", () => {
  it("are those of its blocks, line by line, and those within its sentences", () => {
    const text = [
      "# Start",
      "Type `npm run up`, not `sumoEnabled` or `a value`; see [it](a.md).",
      block('eval "$(npm run -s env)"   # once, with a # in it', "", "# only a comment", "k get pods"),
      "```\nnpm run drawn\n```",
      "| `npm run verify` | `npm run verify -- --all` |",
    ].join("\n");
    expect(commandsOf("a.md", text).map(({ line, text, comment }) => [line, text, comment])).toEqual([
      [2, "npm run up", ""],
      [4, 'eval "$(npm run -s env)"', "once, with a # in it"],
      [7, "k get pods", ""],
      [12, "npm run verify", ""],
      [12, "npm run verify -- --all", ""],
    ]);
  });

  it.each([
    ["k get pods", "run"],
    ["k port-forward service/loki 3100  # second terminal", "beside"],
    ["k auth can-i delete pods # no", "fails"],
    ["k run try # refused: no pod may", "fails"],
    ["h list # no sumo-stand-in", "run"],
    ["npm run status -- --watch", "briefly"],
    ["pulumi config set --secret sumoEndpoint https://…", "not run"],
  ])("%s: %s", (line, way) => {
    expect(plan(block(line))[0]?.way).toBe(way);
  });

  it("that a sentence repeats of a block, or of another sentence, are run once", () => {
    const text = [
      "`npm run verify`, `npm run pause`.",
      block("npm run up && npm run verify"),
      "`npm run pause`",
    ];
    expect(plan(text.join("\n")).map((command) => command.text)).toEqual([
      "npm run pause",
      "npm run up && npm run verify",
    ]);
  });
});

describe("a shell", () => {
  let shell: Shell;
  beforeEach(() => {
    shell = new Shell("/", { ...process.env }, () => undefined);
  });
  afterEach(() => shell.end());

  it("keeps what a command defines for the next one", async () => {
    await shell.run('k() { echo "k $1"; }; export NAME=loki', 5_000);
    expect(await shell.run("k $NAME; false", 5_000)).toEqual({ code: 1, said: "k loki\n" });
  });

  it("gives a command nothing to read, so that none takes the next one for its input", async () => {
    expect(await shell.run("cat", 5_000)).toEqual({ code: 0, said: "" });
  });

  it("lets a command run beside the next ones, from its first word to its end", async () => {
    const started = await shell.start("echo $BASHPID; exec sleep 60", 5_000);
    expect(started.code).toBeUndefined();
    const pid = Number(started.said);
    expect(isAlive(pid)).toBe(true);
    expect(await shell.run("echo next", 5_000)).toEqual({ code: 0, said: "next\n" });
    await shell.endBeside();
    expect(isAlive(pid)).toBe(false);
  });

  it("tells how a command ended that was to run beside the next ones", async () => {
    expect(await shell.start("exit 3", 5_000)).toEqual({ code: 3, said: "" });
    expect(await shell.run("echo next", 5_000)).toEqual({ code: 0, said: "next\n" });
  });

  it("ends with a command that takes too long, and with all that this one has started", async () => {
    let pid = 0;
    const hears = new Shell("/", { ...process.env }, (text) => (pid ||= Number(text)));
    const { code } = await hears.run("sleep 60 & echo $!; wait", 500);
    expect([code, hears.ended, isAlive(pid)]).toEqual([undefined, true, false]);
  });
});

const needed = [program("git"), program("bash")];
const describeIf = needed.every((one) => one.path !== undefined) ? describe : describe.skip;

describeIf("following documents", () => {
  let above: string;
  let project: string;
  beforeEach(() => {
    above = temporaryFolder();
    project = path.join(above, "project");
    for (const folder of ["project/docs", "bin"]) fs.mkdirSync(path.join(above, folder), { recursive: true });
    write("project/Pulumi.local.yaml", "config:\n  watchtower:grafanaPort: 3000\n");
    // npm that notes what it is asked for, and how the settings are then; `run beside` goes on until it is ended.
    write(
      "bin/npm",
      [
        "#!/bin/sh",
        `echo "$*: $(grep grafanaPort Pulumi.local.yaml)" >> ${above}/asked`,
        'case "$*" in',
        "  'run -s env') echo 'export SHOWN=yes' ;;",
        "  'run set') echo 'encryptionsalt: kept' > Pulumi.local.yaml ;;",
        "  'run beside') echo it begins; trap 'echo ended >> " +
          `${above}/asked` +
          "; exit 1' INT; while :; do sleep 0.05; done ;;",
        "  'run broken') echo 'it is broken' >&2; exit 4 ;;",
        "esac",
      ].join("\n"),
    );
    fs.chmodSync(path.join(above, "bin/npm"), 0o755);
    execFileSync("git", ["init", "-q", project]);
  });
  afterEach(() => fs.rmSync(above, { recursive: true }));

  const write = (file: string, text: string) => fs.writeFileSync(path.join(above, file), text);

  async function followed(
    documents: Record<string, string>,
    more: { keep?: boolean; stopAfter?: string } = {},
  ) {
    for (const [file, text] of Object.entries(documents)) write(`project/${file}`, text);
    const files = Object.keys(documents);
    const commands = planOf(files.flatMap((file) => commandsOf(file, documents[file]!)));
    const told: string[] = [];
    const stop = new AbortController();
    const results = await followAll(
      commands,
      { files, keep: more.keep ?? false },
      {
        tell: (text) => {
          told.push(text);
          if (more.stopAfter && text.includes(more.stopAfter)) stop.abort();
        },
        env: { ...process.env, PATH: `${above}/bin:${process.env.PATH}`, PULUMI_STACK: "theirs" },
        stop: stop.signal,
        project,
        log: path.join(above, "log"),
      },
    );
    const asked = fs.readFileSync(path.join(above, "asked"), "utf8").trim().split("\n");
    return { results, told, asked: asked.map((one) => one.replace(/: .*grafanaPort: /, " @")) };
  }

  it("runs the README's from nothing, and takes away in the end what they brought up", async () => {
    const { results, told, asked } = await followed({
      "README.md": [
        "`npm run down`, `npm run verify`.",
        block("npm ci && npm run up", "echo $PULUMI_STACK."),
      ].join("\n"),
    });
    expect(asked).toEqual([
      "ci @3000",
      "run up @3000",
      "run verify @3000",
      "run down @3000",
      "run down @3000",
    ]);
    expect(told.map((line) => line.replace(/\d+\.\d s/, "0 s").replace(/ +/g, " "))).toEqual([
      "ok 0 s README.md:3 npm ci && npm run up",
      "ok 0 s README.md:4 echo $PULUMI_STACK.",
      "ok 0 s README.md:1 npm run verify",
      "ok 0 s README.md:1 npm run down",
    ]);
    expect(fs.readFileSync(path.join(above, "log"), "utf8")).toBe(".\n"); // no stack of the user's own
    expect(allWell(results)).toBe(true);
    expect(verdict(results)).toBe("4 of 4 commands did what the documents say; 0 not run.");
    expect(fs.existsSync(path.join(project, "node_modules"))).toBe(false);
  });

  it("has another document's reader begin where the README ends, with the settings as they are shipped", async () => {
    const { asked } = await followed({
      "README.md": block("npm run set"),
      "docs/a.md": block("npm run verify $SHOWN"),
      "docs/b.md": block("npm run up -- grafana"),
    });
    const shell = ["ci --no-audit --no-fund @3000", "run up @3000", "run -s env @3000"];
    expect(asked).toEqual([
      ...["run set @3000", ...shell, "run verify yes @3000"],
      ...["ci --no-audit --no-fund @3000", "run -s env @3000", "run up -- grafana @3000"],
      "run down @3000",
    ]);
  });

  it("ends what runs beside a section at its end", async () => {
    const { asked, results } = await followed({
      "README.md": [
        "# A",
        block("npm run beside # second terminal", "npm run a"),
        "# B",
        block("npm run b"),
      ].join("\n"),
    });
    expect(asked).toEqual(["run beside @3000", "run a @3000", "ended", "run b @3000", "run down @3000"]);
    expect(allWell(results)).toBe(true);
  });

  it("tells what failed, with what it said, and what was to fail and did not; and goes on", async () => {
    const { results, asked } = await followed({
      "README.md": block(
        "npm run broken",
        "npm run fine # no",
        "npm run broken # refused",
        "npm run https://…",
      ),
    });
    expect(results.map(({ outcome }) => outcome)).toEqual(["FAILED", "FAILED", "ok", "not run"]);
    expect(resultLine(results[0]!)).toMatch(/npm run broken\n +It ended with 4\.\n +it is broken$/);
    expect(results[1]!.note).toMatch(/^It did not fail/);
    expect(asked.at(-1)).toBe("run down @3000");
    expect(allWell(results)).toBe(false);
    expect(verdict(results)).toBe(
      "1 of 3 commands did what the documents say; 1 not run.\n" +
        "FAILED: README.md:2 `npm run broken`; README.md:3 `npm run fine`",
    );
  });

  it("stops when it is told to, and takes away what was brought up", async () => {
    const { asked, results } = await followed(
      { "README.md": block("npm run a", "npm run b"), "docs/a.md": block("npm run c") },
      { stopAfter: "npm run a" },
    );
    expect(asked).toEqual(["run a @3000", "run down @3000"]);
    expect(results.map(({ outcome }) => outcome)).toEqual(["ok", "left out"]);
  });

  it("leaves copy and stack where they are, when it is told to", async () => {
    const { asked, told } = await followed({ "README.md": block("npm run a") }, { keep: true });
    expect(asked).toEqual(["run a @3000"]);
    const [, folder] = /they are: (.*)$/.exec(told.at(-1)!)!;
    expect(fs.existsSync(path.join(folder!, "README.md"))).toBe(true);
    fs.rmSync(path.dirname(folder!), { recursive: true });
  });
});

describe("its options", () => {
  it("are documents, in the order in which they are followed", () => {
    expect(parseOptions(["docs/learning-path.md", "README.md", "--list"])).toEqual({
      options: { files: ["README.md", "docs/learning-path.md"], list: true, keep: false },
    });
    expect(parseOptions(["docs/none.md"])).toEqual({
      fault: expect.stringMatching(/^There is no document "docs\/none.md": it takes README.md, /) as string,
    });
  });
});
