import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { commandsOf } from "../../scripts/e2e-docs/commands";
import { planOf } from "../../scripts/e2e-docs/plan";
import { allWell, resultLine, verdict } from "../../scripts/e2e-docs/report";
import { followAll } from "../../scripts/e2e-docs/run";
import { block } from "../helpers/documents";
import { program, temporaryFolder } from "../helpers/tools";

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
        "In a second terminal:",
        block("npm run beside"),
        "Then:",
        block("npm run a"),
        "# B",
        block("npm run b"),
      ].join("\n"),
    });
    expect(asked).toEqual(["run beside @3000", "run a @3000", "ended", "run b @3000", "run down @3000"]);
    expect(allWell(results)).toBe(true);
  });

  it("finds what failed beside its section after a good start", async () => {
    const { results, told } = await followed({
      "README.md": [
        "# A",
        "In a second terminal:",
        block("echo begins; sleep 2.5; exit 5"),
        "Then:",
        block("sleep 1", "npm run a"),
      ].join("\n"),
    });
    expect(results.map(({ outcome }) => outcome)).toEqual(["FAILED", "ok", "ok"]);
    expect(told).toHaveLength(3);
    expect(told.at(-1)).toMatch(/begins; sleep 2\.5; exit 5\n +It ended with 5\.\n +begins$/);
  }, 20_000);

  it("tells what failed, with what it said, and what was to fail and did not; and goes on", async () => {
    const { results, asked } = await followed({
      "README.md": [
        block("npm run broken"),
        "Kubernetes refuses these:",
        block("npm run fine", "npm run broken"),
        "Then:",
        block("npm run https://…"),
      ].join("\n"),
    });
    expect(results.map(({ outcome }) => outcome)).toEqual(["FAILED", "FAILED", "ok", "not run"]);
    expect(resultLine(results[0]!)).toMatch(/npm run broken\n +It ended with 4\.\n +it is broken$/);
    expect(results[1]!.note).toMatch(/^It did not fail/);
    expect(asked.at(-1)).toBe("run down @3000");
    expect(allWell(results)).toBe(false);
    expect(verdict(results)).toBe(
      "1 of 3 commands did what the documents say; 1 not run.\n" +
        "FAILED: README.md:2 `npm run broken`; README.md:6 `npm run fine`",
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
