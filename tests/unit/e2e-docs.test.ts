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
      block('eval "$(npm run -s env)"', "", "k get pods"),
      "```\nnpm run drawn\n```",
      "| `npm run verify` | `npm run verify -- --all` |",
    ].join("\n");
    expect(commandsOf("a.md", text).map(({ line, text }) => [line, text])).toEqual([
      [2, "npm run up"],
      [4, 'eval "$(npm run -s env)"'],
      [6, "k get pods"],
      [11, "npm run verify"],
      [11, "npm run verify -- --all"],
    ]);
  });

  it("have the paragraph right before their block for an introduction, and no other", () => {
    const text = [
      "Look, `first`:",
      "",
      block("k get pods"),
      block("h list"),
      "Then",
      "# A heading",
      block("k get pvc"),
    ];
    expect(commandsOf("a.md", text.join("\n")).map(({ text, intro }) => [text, intro])).toEqual([
      ["k get pods", "Look, `first`:"],
      ["h list", ""],
      ["k get pvc", ""],
    ]);
  });

  it.each([
    ["Look:", "k get pods", "run"],
    ["In a second terminal, run this:", "k port-forward service/loki 3100", "beside"],
    ["While it runs in a second terminal:", "k get pods", "run"],
    ["Kubernetes refuses this, since no pod may delete another:", "k auth can-i delete pods", "fails"],
    ["The stand-in is gone, and Kubernetes refuses nothing:", "h list", "run"],
    ["", "npm run status -- --watch", "briefly"],
    ["", "npm run logs -- loki", "briefly"],
    ["", "npm run logs -- loki --no-follow", "run"],
    ["", "npm run logs -- loki --previous", "not run"],
    ["", "npm run open", "not run"],
    ["", "npm run open -- --print", "run"],
    ["", "helm template", "not run"],
    ["", "pulumi config set --secret sumoEndpoint https://…", "not run"],
  ])("%s %s: %s", (intro, line, way) => {
    expect(plan([intro, "", block(line)].join("\n"))[0]?.way).toBe(way);
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

  it("that a sentence shares with another document are run for each, as only one may define what they need", () => {
    const learning = commandsOf("docs/learning-path.md", block("k get pods", "npm run verify"));
    const other = commandsOf("docs/other.md", "`k get pods` and `npm run verify`");
    expect(planOf([...learning, ...other]).map(({ file, text }) => [file, text])).toEqual([
      ["docs/learning-path.md", "k get pods"],
      ["docs/learning-path.md", "npm run verify"],
      ["docs/other.md", "k get pods"],
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
    expect(started.pid).toBe(Number(started.said));
    const pid = Number(started.said);
    expect(isAlive(pid)).toBe(true);
    expect(await shell.run("echo next", 5_000)).toEqual({ code: 0, said: "next\n" });
    expect(await shell.endBeside(pid)).toBeUndefined();
    expect(isAlive(pid)).toBe(false);
  });

  it("tells how a command ended that was to run beside the next ones", async () => {
    expect(await shell.start("exit 3", 5_000)).toEqual({ code: 3, said: "" });
    expect(await shell.run("echo next", 5_000)).toEqual({ code: 0, said: "next\n" });
  });

  it.each([
    [
      "npm's own words are not the command's",
      "echo; echo '> watchtower@0.1.0 logs'; echo '> tsx logs.ts'; sleep 2.5; exit 1",
    ],
    ["neither is its reason for not doing it", "echo there is no such part; sleep 0.5; exit 1"],
  ])("waits until a command beside the next ones is under way: %s", async (_, command) => {
    expect((await shell.start(command, 5_000)).code).toBe(1);
  });

  it("tells how a command ended that failed beside the next ones", async () => {
    const { pid } = await shell.start("echo begins; sleep 2.5; exit 4", 5_000);
    await shell.run("sleep 1", 5_000);
    expect(await shell.endBeside(pid!)).toBe(4);
  }, 20_000);

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
