import * as fs from "node:fs";
import * as path from "node:path";
import { type Command, commandsOf, documents } from "../../scripts/e2e-docs/commands";
import { piecesOf } from "../../scripts/e2e-docs/markdown";
import { readPlan } from "../../scripts/e2e-docs/run";
import type { Surroundings } from "../../scripts/lib/verb";
import { KEYS } from "../../settings/defaults";
import { Memory } from "../helpers/memory";
import { describeWith, program, run } from "../helpers/tools";

const PROJECT = path.resolve(__dirname, "../..");
const { scripts } = JSON.parse(fs.readFileSync(path.join(PROJECT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

const DOCS = documents().map((file) => {
  const text = fs.readFileSync(path.join(PROJECT, file), "utf8");
  return { file, text, pieces: piecesOf(text) };
});
const COMMANDS = DOCS.flatMap(({ file, text }) => commandsOf(file, text));
const at = ({ file, line }: { file: string; line: number }) => `${file}:${line}`;

/** The commands that a line runs one after the other, where they have a shape: each match with its line. */
function found(shape: RegExp): { where: string; match: RegExpExecArray }[] {
  return COMMANDS.flatMap((command: Command) =>
    command.text.split(" && ").flatMap((part) => {
      const match = /[…<]/.test(part) ? null : shape.exec(part.replace(/ > \S+$/, ""));
      return match ? [{ where: `${at(command)} ${part}`, match }] : [];
    }),
  );
}

/** The words of a command line, as a shell parts them. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? "");
}

/** What a verb says to its options: undefined when it takes them. */
async function faultOf(verb: string, argv: string[]): Promise<string | undefined> {
  const [, file] = /^tsx (\S+)\.ts$/.exec(scripts[verb] ?? "") ?? [];
  if (file === undefined) return argv.length === 0 ? undefined : "takes no options";
  // A program names the folder that its verb is in.
  const [, to = ""] =
    /from "\.\/(.*\/)?run"/.exec(fs.readFileSync(path.join(PROJECT, `${file}.ts`), "utf8")) ?? [];
  const folder = path.join(PROJECT, path.dirname(file), to);
  const own = ["parse-options", "options"].find((name) => fs.existsSync(path.join(folder, `${name}.ts`)));
  if (own !== undefined) {
    type Module = { parseOptions: (argv: string[]) => { fault?: string; faults?: string[] } };
    const { fault, faults } = jest.requireActual<Module>(path.join(folder, own)).parseOptions(argv);
    return fault ?? faults?.join(" ");
  }
  // It has no options of its own: asked for help beside them, it does nothing but read them.
  type Verb = { run: (argv: string[], around: Surroundings) => Promise<number> };
  const err = new Memory();
  const verbOf = jest.requireActual<Verb>(path.join(folder, "run"));
  const code = await verbOf.run([...argv, "--help"], { out: new Memory(), err });
  return code === 0 ? undefined : err.text;
}

describe("README and docs", () => {
  const runs = found(/^(?:eval "\$\()?npm run (?:-s )?([\w:]+)(?: -- (.*?))?(?:\)")?$/);
  const distinct = new Map(runs.map(({ where, match }) => [match[0], [where, match[1]!, match[2] ?? ""]]));
  it.each([...distinct.values()] as [string, string, string][])(
    "%s: there is such a verb, and it takes these options",
    async (_, verb, options) => {
      expect(scripts).toHaveProperty([verb]);
      expect(await faultOf(verb, words(options))).toBeUndefined();
    },
  );

  it("name no setting that there is not", () => {
    const set = found(/^pulumi config (?:set|rm|get)(?: --\w+)* '?(\w+)/);
    expect(set.filter(({ match }) => !(match[1]! in KEYS)).map(({ where }) => where)).toEqual([]);
    expect(set.length).toBeGreaterThan(0);
  });

  it("tell of every setting, in the README's table", () => {
    const { text } = DOCS.find(({ file }) => file === "README.md")!;
    const [, table = ""] = text
      .split("\n## ")
      .find((part) => part.startsWith("Settings"))!
      .split("| key ");
    const told = table.split("\n").flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)]);
    expect(told.map(([, key]) => key).sort()).toEqual(Object.keys(KEYS).sort());
  });

  it("link to files and headings that are there", () => {
    const broken = DOCS.flatMap(({ file, pieces }) =>
      pieces
        .filter(({ kind, text }) => kind === "link" && !/^https?:/.test(text))
        .filter(({ text }) => !leads(file, text))
        .map(({ line, text }) => `${at({ file, line })} ${text}`),
    );
    expect(broken).toEqual([]);
  });

  it("speak of files that are there", () => {
    const isFile =
      /^(?!\.watchtower|rendered)[\w.-]+(\/[\w.-]+)*\/[\w.-]*(\.(ts|alloy|sh|ya?ml|json5?|md))?$/;
    const missing = DOCS.flatMap(({ file, pieces }) =>
      pieces
        .filter(({ kind, text }) => kind === "code" && isFile.test(text) && /\.\w+$|\/$/.test(text))
        .filter(({ text }) => ![".", path.dirname(file)].some((from) => isThere(path.join(from, text))))
        .map(({ line, text }) => `${at({ file, line })} ${text}`),
    );
    expect(missing).toEqual([]);
  });

  it("have their commands in blocks of `sh`, where they are read as such", () => {
    const hidden = DOCS.flatMap(({ file, pieces }) =>
      pieces
        .filter(({ kind, language }) => kind === "block" && language !== "sh")
        .filter(({ text }) => /^\s*(\$ )?(npm|pulumi|kubectl|helm|docker|kind|k|h) /m.test(text))
        .map(({ line }) => at({ file, line })),
    );
    expect(hidden).toEqual([]);
  });

  it("have no comments in their commands: zsh, as on macOS, takes a pasted one for words of the command", () => {
    const commented = COMMANDS.filter(({ isBlock, text }) => isBlock && /(^|\s)#/.test(text));
    expect(commented.map(at)).toEqual([]);
  });

  it("have no half commands, which nothing would run or check", () => {
    const half = DOCS.flatMap(({ file, pieces }) =>
      pieces
        .filter(({ kind, text }) => kind === "code" && /^-- \S/.test(text))
        .map(({ line, text }) => `${at({ file, line })} ${text}`),
    );
    expect(half).toEqual([]);
  });

  it("name the cluster in every command that reads or changes one", () => {
    const astray = found(/^(kubectl|helm) (?!.*--(kube-)?context kind-watchtower )(?!template|pull|show)/);
    expect(astray.map(({ where }) => where)).toEqual([]);
  });

  it("say before a block what `npm run e2e:docs` has to know of it", () => {
    const inWay = (wanted: string) =>
      readPlan()
        .filter(({ way }) => way === wanted)
        .map(({ text }) => text);
    expect(inWay("fails")).toEqual([
      "k auth can-i delete pods --as system:serviceaccount:watchtower:alloy",
      "k run try --image=busybox --dry-run=server",
    ]);
    expect(inWay("briefly").filter((text) => text.startsWith("k "))).toEqual([]);
    const loads = COMMANDS.filter(
      ({ text }) => text.startsWith("npm run loadgen") && !/--(duration|requests) /.test(text),
    );
    expect(inWay("beside")).toEqual(expect.arrayContaining(loads.map(({ text }) => text)));
  });

  it("are followed by `npm run e2e:docs`, but for these commands", () => {
    const left = readPlan().filter(({ way }) => way === "not run");
    const own = left.filter(({ text }) => !/[…<]|^npm run e2e\b/.test(text));
    expect([...new Set(own.map(({ text }) => text))].sort()).toEqual(NOT_FOLLOWED);
  });
});

describe("docs/verbs.md", () => {
  const { text } = DOCS.find(({ file }) => file === "docs/verbs.md")!;
  const verbs = Object.keys(scripts).filter((name) => scripts[name]!.startsWith("tsx "));
  const rows = new Map(
    [...text.matchAll(/^\| `([\w:-]+)` +\|.*\| (yes)? *\|$/gm)].map(([, verb, json]) => [
      verb!,
      json === "yes",
    ]),
  );

  it("tells of every verb there is, and of no other", () => {
    expect([...rows.keys()].sort()).toEqual(verbs.sort());
  });

  it.each(verbs)("says whether %s answers in JSON", async (verb) => {
    expect(rows.get(verb)).toBe((await faultOf(verb, ["--json"])) === undefined);
  });
});

/** Each has its reason in scripts/e2e-docs/plan.ts. */
const NOT_FOLLOWED = [
  "docker pause",
  "helm template",
  "kind create",
  "kind delete cluster",
  "npm ci && npm test",
  "npm run",
  "npm run -s",
  "npm run logs -- loki --previous",
  "npm run open",
  "npm run pins",
  "npm test",
  "pulumi config",
  "pulumi config set --path sumoApi.endpoint https://api.eu.sumologic.com",
  "pulumi config set --path sumoApi.scope _sourceCategory=laptop",
  "pulumi stack output portForward",
];

describeWith([program("bash")], "the blocks of README and docs", () => {
  it("are whole lines of shell", () => {
    const lines = COMMANDS.filter(({ isBlock }) => isBlock).map(({ text }) => text);
    // As a function's body each is read, and not run.
    const check = 'while IFS= read -r line; do eval "check() { $line\n}" || echo "$line"; done';
    const { stdout, stderr } = run(program("bash"), ["-c", check], {
      input: lines.map((line) => `${line}\n`).join(""),
    });
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
  });
});

function isThere(file: string): boolean {
  return fs.existsSync(path.join(PROJECT, file));
}

/** Whether a document's link leads somewhere. */
function leads(from: string, link: string): boolean {
  const [to = "", heading] = link.split("#");
  const file = to === "" ? from : path.join(path.dirname(from), to);
  if (!isThere(file) || heading === undefined) return isThere(file);
  const headings = piecesOf(fs.readFileSync(path.join(PROJECT, file), "utf8"));
  return headings.some(({ kind, text }) => kind === "heading" && anchor(text) === heading);
}

/** As GitHub makes it of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}
