import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { documents } from "../../scripts/e2e-docs/commands";
import { piecesOf } from "../../scripts/e2e-docs/markdown";
import { record } from "../../scripts/lib/record";
import { readStackConfig } from "../../scripts/lib/stack-config";
import { KEYS } from "../../settings/defaults";
import { describeWith, program, temporaryFolder } from "../helpers/tools";

const PROJECT = path.resolve(__dirname, "../..");

/** What stands where a reader has something of their own. */
const FILLED: [RegExp, string][] = [
  [/https:\/\/…/, "https://collectors.example.com/receiver/v1/otlp/a-token"],
  [/…/, "a-password"],
];

/** The commands that README, docs and our own messages give for settings: those of one block belong together. */
function commands(): string[] {
  const told = documents().flatMap((file) => {
    const text = fs.readFileSync(path.join(PROJECT, file), "utf8");
    const pieces = piecesOf(text).filter(({ kind }) => kind === "code" || kind === "block");
    return pieces.map((piece) =>
      setsIn(piece.text.startsWith("--path ") ? `pulumi config set ${piece.text}` : piece.text),
    );
  });
  return [...new Set([...Object.values(KEYS).map(setsIn), ...told].filter((each) => each !== ""))];
}

/** What of a piece of text sets something, filled in. */
function setsIn(text: string): string {
  const parts = text.split(/\n| && /).map((part) => part.replace(/\s+# .*/, "").trim());
  const sets = parts.filter((part) => /^pulumi config set [^<]*$/.test(part));
  return sets
    .map((set) => FILLED.reduce((filled, [gap, value]) => filled.replace(gap, value), set))
    .join(" && ");
}

describeWith([program("pulumi"), program("sh")], "the commands that set something", () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  const sh = (command: string) => execFileSync("sh", ["-c", command], { cwd: folder, env, stdio: "pipe" });

  beforeAll(() => {
    folder = temporaryFolder();
    fs.copyFileSync(path.join(PROJECT, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
    fs.mkdirSync(path.join(folder, "state"));
    env = {
      ...process.env,
      PATH: [path.dirname(program("pulumi").path!), process.env.PATH].join(path.delimiter),
      PULUMI_BACKEND_URL: `file://${folder}/state`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    sh("pulumi stack init local --non-interactive");
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  // The salt of the stack's secrets stands there, too.
  const stackFile = () => path.join(folder, "Pulumi.local.yaml");
  let untouched: string;
  beforeEach(() => (untouched ??= fs.readFileSync(stackFile(), "utf8")));
  afterEach(() => fs.writeFileSync(stackFile(), untouched));

  it.each(commands())("%s: the CLI takes it, and so does the program", async (command) => {
    sh(command);
    const { config, secretKeys } = readStackConfig(folder, "local", { plain: {}, secret: {} });
    await expect(record(config, secretKeys)).resolves.toBeDefined();
  });
});
