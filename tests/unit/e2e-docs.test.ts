import { commandsOf } from "../../scripts/e2e-docs/commands";
import { parseOptions } from "../../scripts/e2e-docs/options";
import { planOf } from "../../scripts/e2e-docs/plan";
import { Shell } from "../../scripts/e2e-docs/shell";
import { isAlive } from "../../scripts/lib/tools/tool";
import { block } from "../helpers/documents";

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
    ["helm get manifest", "not run"],
    ["pulumi config set --secret sumoEndpoint https://…", "not run"],
  ])("%s: %s", (line, way) => {
    expect(plan(block(line))[0]?.way).toBe(way);
  });

  it("that fetches a chart takes it from the folder that has it", () => {
    const pull =
      "helm pull tempo --repo https://charts.example --version 1.0.0 --untar --untardir rendered/charts";
    const [here] = planOf(commandsOf("README.md", block(pull)), "/my charts");
    expect(here).toMatchObject({
      text: "mkdir -p rendered/charts && cp -R '/my charts/tempo' rendered/charts",
      way: "run",
    });
    expect(plan(block(pull))[0]).toMatchObject({ text: pull, way: "run" });
  });

  it("that asks first is run unasked, since nobody is here to answer", () => {
    expect(plan("`npm run reset` asks first.")).toMatchObject([
      { text: "npm run reset -- --yes", way: "last" },
    ]);
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
