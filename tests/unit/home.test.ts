import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { exportsOf } from "../../scripts/env/run";
import {
  asTyped,
  ensureStateFolder,
  enter,
  environment,
  passphraseFile,
  toolFolder,
  withWayToPulumi,
} from "../../scripts/lib/home";
import { Fault } from "../../scripts/lib/fault";
import { rowsOf } from "../../scripts/lib/finding";
import { ensurePassphrase, isLocked } from "../../scripts/lib/passphrase";
import { runVerb } from "../../scripts/lib/verb";
import { Memory } from "../helpers/memory";
import { temporaryFolder } from "../helpers/tools";

let folder: string;
let home: string;
beforeEach(() => {
  folder = temporaryFolder();
  home = path.join(folder, `it's "home" $HOME`);
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

describe("the passphrase", () => {
  it("is drawn once, long, and for the user's eyes alone", () => {
    ensurePassphrase({}, home);
    const drawn = fs.readFileSync(passphraseFile(home), "utf8");
    expect(drawn).toMatch(/^[\w-]{32}$/);
    expect(fs.statSync(passphraseFile(home)).mode & 0o777).toBe(0o600);
    ensurePassphrase({}, home);
    expect(fs.readFileSync(passphraseFile(home), "utf8")).toBe(drawn);
    expect(fs.readdirSync(home)).toEqual(["passphrase"]);
  });

  it("of one folder is not that of another", () => {
    const other = path.join(folder, "other");
    for (const each of [home, other]) ensurePassphrase({}, each);
    const [one, two] = [home, other].map((each) => fs.readFileSync(passphraseFile(each), "utf8"));
    expect(one).not.toBe(two);
  });

  it.each([
    { PULUMI_CONFIG_PASSPHRASE: "theirs" },
    { PULUMI_CONFIG_PASSPHRASE: "" },
    { PULUMI_CONFIG_PASSPHRASE_FILE: "/their/file" },
  ])("is the user's own with %j: none is drawn, and one that was is not taken", (theirs) => {
    ensurePassphrase(theirs, home);
    expect(fs.existsSync(passphraseFile(home))).toBe(false);
    ensurePassphrase({}, home);
    expect(environment(theirs, home)).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE_FILE");
  });
});

describe("the passphrase that is lost", () => {
  const lost = (stack: string, env = {}) =>
    isLocked(() => Promise.resolve(stack), { env, home, project: folder });
  beforeEach(() => {
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: watchtower\n");
    fs.writeFileSync(path.join(folder, "Pulumi.dev.yaml"), "config: {}\nencryptionsalt: v1:x\n");
    fs.writeFileSync(path.join(folder, "Pulumi.local.yaml"), "config: {}\n");
  });

  it("is that of a stack whose secrets one has locked, and of no other", async () => {
    expect(await lost("dev")).toBe(true);
    expect(await lost("me/watchtower/dev")).toBe(true);
    expect(await lost("local")).toBe(false);
    expect(await lost("new")).toBe(false);
  });

  it("is none where the user has named one, or the drawn one is there", async () => {
    expect(await lost("dev", { PULUMI_CONFIG_PASSPHRASE: "" })).toBe(false);
    ensurePassphrase({}, home);
    expect(await lost("dev")).toBe(false);
  });

  it("is not looked for by Pulumi where nothing is locked", async () => {
    fs.rmSync(path.join(folder, "Pulumi.dev.yaml"));
    const ask = () => Promise.reject(new Error("asked"));
    expect(await isLocked(ask, { env: {}, home, project: folder })).toBe(false);
  });
});

describe("the folder of the state", () => {
  it("is made where it is the project's own", () => {
    ensureStateFolder({ PULUMI_BACKEND_URL: "s3://theirs" }, home);
    expect(fs.existsSync(home)).toBe(false);
    ensureStateFolder({}, home);
    expect(fs.readdirSync(home)).toEqual(["state"]);
  });

  it("that cannot be made is left for Pulumi to tell of", () => {
    fs.writeFileSync(home, "in the way");
    expect(() => ensureStateFolder({}, home)).not.toThrow();
  });
});

describe("the variables for plain pulumi", () => {
  const [pulumi, kind] = (["pulumi", "kind"] as const).map((name) => () => toolFolder(name, home));

  it("are none but Pulumi's quiet where nothing is kept", () => {
    expect(environment({ PATH: "/bin" }, home)).toEqual({ PULUMI_SKIP_UPDATE_CHECK: "true" });
    expect(environment({ PATH: "/bin", PULUMI_SKIP_UPDATE_CHECK: "0" }, home)).toEqual({});
  });

  it("put the programs we fetched before the user's, each once", () => {
    fs.mkdirSync(pulumi!(), { recursive: true });
    const once = environment({ PATH: "/bin" }, home);
    expect(once.PATH).toBe(`${pulumi!()}:/bin`);
    expect(environment(once, home)).not.toHaveProperty("PATH");
    fs.mkdirSync(kind!());
    expect(environment(once, home).PATH).toBe(`${kind!()}:${once.PATH}`);
  });

  it("come to a shell as they are, whatever is in them", () => {
    ensurePassphrase({}, home);
    fs.mkdirSync(kind!(), { recursive: true });
    const variables = { ...environment({ PATH: "/usr/bin:/bin" }, home), LINES: "two\nlines `id` \\ $(id)" };
    const print = `process.stdout.write(JSON.stringify(process.env))`;
    const { stdout } = spawnSync("sh", ["-c", `eval "$EXPORTS" && exec "$NODE" -e '${print}'`], {
      encoding: "utf8",
      env: { EXPORTS: exportsOf(variables), NODE: process.execPath },
    });
    expect(JSON.parse(stdout)).toMatchObject(variables);
  });
});

describe("a command of Pulumi's in a text of ours", () => {
  const text = "No stack is selected: choose one with `pulumi stack select`.";

  it("stands as it is for who has Pulumi and the passphrase in their shell", () => {
    fs.writeFileSync(path.join(folder, "pulumi"), "");
    enter({ PATH: `/bin:${folder}` }, home);
    expect([withWayToPulumi(text), asTyped("pulumi cancel")]).toEqual([text, "pulumi cancel"]);
  });

  it("comes with what a shell needs first for who has not", () => {
    enter({ PATH: "/nowhere" }, home);
    const told = `${text} (First, once in your shell: \`eval "$(npm run -s env)"\`)`;
    expect(withWayToPulumi(text)).toBe(told);
    expect(withWayToPulumi(told)).toBe(told);
    const typed = asTyped("pulumi cancel");
    expect(typed).toBe('eval "$(npm run -s env)" && pulumi cancel');
    expect(withWayToPulumi(`\`${typed}\``)).toBe(`\`${typed}\``);
    expect(withWayToPulumi("`npm run up` runs Pulumi.")).toBe("`npm run up` runs Pulumi.");
  });

  it("does so wherever it is printed: by a verb that fails, and in a table", async () => {
    ensurePassphrase({}, home);
    enter({ PATH: "/bin" }, home);
    const [out, err] = [new Memory(), new Memory()];
    await runVerb("open", { options: { json: true } }, { out, err }, () => Promise.reject(new Fault(text)));
    expect(err.text).toBe(`open: ${withWayToPulumi(text)}\n`);
    expect(JSON.parse(out.text)).toEqual({ ok: false, error: withWayToPulumi(text) });
    const rows = rowsOf({ name: "settings", state: "wrong", saw: text, mend: text }, 8).join("\n");
    expect(rows.match(/npm run -s env/g)).toHaveLength(2);
  });
});
