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
      const match = /[…<]/.test(part) ? null : shape.exec(part);
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
  const [, file = ""] = /^tsx (\S+)\.ts$/.exec(scripts[verb] ?? "") ?? [];
  if (file === "") return argv.length === 0 ? undefined : "takes no options";
  const own = file === "loadgen/main" ? "loadgen/parse-options" : `${file}/options`;
  if (fs.existsSync(path.join(PROJECT, `${own}.ts`))) {
    type Module = { parseOptions: (argv: string[]) => { fault?: string; faults?: string[] } };
    const { fault, faults } = jest.requireActual<Module>(path.join(PROJECT, own)).parseOptions(argv);
    return fault ?? faults?.join(" ");
  }
  // It has no options of its own: asked for help beside them, it does nothing but read them.
  type Verb = { run: (argv: string[], around: Surroundings) => Promise<number> };
  const err = new Memory();
  const verbOf = jest.requireActual<Verb>(path.join(PROJECT, file, "run"));
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
    const isFile = /^(?!\.watchtower)[\w.-]+(\/[\w.-]+)*\/[\w.-]*(\.(ts|alloy|sh|ya?ml|json5?|md))?$/;
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

  it("are followed by `npm run e2e:docs`, but for these commands", () => {
    const left = readPlan().filter(({ way }) => way === "not run");
    const own = left.filter(({ text }) => !/[…<]/.test(text));
    expect([...new Set(own.map(({ text }) => text))].sort()).toEqual(NOT_FOLLOWED);
  });
});

/** Each has its reason in scripts/e2e-docs/plan.ts. */
const NOT_FOLLOWED = [
  "kind create",
  "kind delete cluster",
  "npm ci && npm test",
  "npm run",
  "npm run e2e",
  "npm test",
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
