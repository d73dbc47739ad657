import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { toolFolder } from "../../scripts/lib/home";
import { thisPlatform } from "../../scripts/lib/tools/platform";
import { ensureTool, type Tool, versionOf } from "../../scripts/lib/tools/tool";
import { type PinnedTool, type Platform, TOOLS, type ToolName } from "../../versions";
import { FakeHost } from "../helpers/fake-host";
import { ownEnvironment } from "../helpers/own-environment";
import { freePorts } from "../helpers/ports";
import { deadPid } from "../helpers/processes";
import { temporaryFolder } from "../helpers/tools";

ownEnvironment();
let host: FakeHost;
let home: string;
let told: string[];
beforeEach(async () => {
  home = temporaryFolder();
  told = [];
  host = await FakeHost.start();
  process.env.WATCHTOWER_MIRROR = host.url;
  process.env.PATH = path.join(home, "bin"); // no program of this machine's is found
});
afterEach(() => {
  host.stop();
  fs.rmSync(home, { recursive: true });
});

const script = (lines: string) => `#!/bin/sh\n${lines}\n`;
const KIND = script(`echo kind v${TOOLS.kind.version} go1.24 linux/amd64`);

/** Asks for a tool whose pin is what the host serves. */
function ensure(name: ToolName, file: Buffer | string, sum?: string): Promise<Tool> {
  host.file = Buffer.from(file);
  const sha256 = sum ?? createHash("sha256").update(host.file).digest("hex");
  const all = Object.fromEntries(Object.keys(TOOLS[name].sha256).map((platform) => [platform, sha256]));
  const pinned: PinnedTool = { ...TOOLS[name], sha256: all as Record<Platform, string> };
  return ensureTool(name, (text) => told.push(text), home, pinned);
}

/** A tar.gz of Pulumi's kind: its programs in a folder `pulumi`. */
function archive(programs: Record<string, string>): Buffer {
  const folder = path.join(home, "archive", "pulumi");
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(programs))
    fs.writeFileSync(path.join(folder, name), text, { mode: 0o755 });
  return spawnSync("tar", ["-czf", "-", "-C", path.dirname(folder), "pulumi"]).stdout;
}

/** Puts a program of the user's on PATH. */
function theirs(name: ToolName, says: string): void {
  fs.mkdirSync(process.env.PATH!, { recursive: true });
  fs.writeFileSync(path.join(process.env.PATH!, name), script(`echo ${says}`), { mode: 0o755 });
}

const inTools = () => fs.readdirSync(path.join(home, "tools")).sort();

describe("a missing tool is fetched", () => {
  const kindFolder = `kind-${TOOLS.kind.version}`;

  it("from where it is published, and runs; a second time nothing is asked for", async () => {
    const ours = { name: "kind", version: TOOLS.kind.version, ours: true };
    expect(await ensure("kind", KIND)).toEqual(ours);
    expect(await ensure("kind", KIND)).toEqual(ours);
    expect(host.asked).toEqual([`/${TOOLS.kind.url(thisPlatform()).replace("https://", "")}`]);
    expect(told).toEqual([`kind is missing: fetching ${TOOLS.kind.version}`]);
    expect(inTools()).toEqual([kindFolder]);
    expect(await versionOf(path.join(toolFolder("kind", home), "kind"))).toBe(TOOLS.kind.version);
  });

  it("with all that its archive holds, side by side", async () => {
    const programs = {
      pulumi: script(`echo v${TOOLS.pulumi.version}`),
      "pulumi-language-nodejs": script(":"),
    };
    await ensure("pulumi", archive(programs));
    expect(fs.readdirSync(toolFolder("pulumi", home)).sort()).toEqual(Object.keys(programs));
    expect(await versionOf(path.join(toolFolder("pulumi", home), "pulumi"))).toBe(TOOLS.pulumi.version);
  });

  it("though another run puts it in place meanwhile", async () => {
    host.before = () => {
      fs.mkdirSync(toolFolder("kind", home), { recursive: true });
      fs.writeFileSync(path.join(toolFolder("kind", home), "kind"), KIND);
    };
    expect(await ensure("kind", KIND)).toMatchObject({ ours: true });
    expect(inTools()).toEqual([kindFolder]);
  });

  it("and what a killed run has left goes, but not what a living one is making", async () => {
    const living = `.pulumi-${process.ppid}`;
    for (const left of [`.kind-${deadPid()}`, living])
      fs.mkdirSync(path.join(home, "tools", left, "half"), { recursive: true });
    await ensure("kind", KIND);
    expect(inTools()).toEqual([living, kindFolder]);
  });
});

describe("nothing of a tool is kept, and one sentence says how to go on, when", () => {
  afterEach(() => expect(inTools()).toEqual([]));

  it.each([
    ["cut off", /kind-\S+ broke off \(\w+\): run this again; nothing of it was kept\.$/],
    [404, /kind-\S+ answers 404: try again later, or set WATCHTOWER_MIRROR to .*\.$/],
    [500, /kind-\S+ answers 500: try again later, or set WATCHTOWER_MIRROR to .*\.$/],
  ] as const)("the host's answer is: %s", async (way, sentence) => {
    host.way = way;
    await expect(ensure("kind", KIND)).rejects.toThrow(sentence);
  });

  it("the sum is wrong", async () => {
    const sentence = /is not what was published: its SHA-256 is \w{64}, and it should be 0{64}\. .*try again/;
    await expect(ensure("kind", KIND, "0".repeat(64))).rejects.toThrow(sentence);
    await expect(ensure("pulumi", archive({ pulumi: KIND }), "0".repeat(64))).rejects.toThrow(sentence);
  });

  it("there is no network", async () => {
    const [port] = await freePorts(1);
    process.env.WATCHTOWER_MIRROR = `http://127.0.0.1:${port}`;
    await expect(ensure("kind", KIND)).rejects.toThrow(
      /cannot be fetched \(ECONNREFUSED\): connect to the internet \(HTTPS_PROXY is honoured\), or .*\.$/,
    );
  });

  it("it does not run", async () => {
    await expect(ensure("kind", script("exit 1"))).rejects.toThrow(
      `kind ${TOOLS.kind.version} was fetched whole, but does not run on this machine.`,
    );
  });

  it("its archive cannot be unpacked", async () => {
    await expect(ensure("pulumi", "no archive")).rejects.toThrow(/^pulumi cannot be unpacked \(.*make room/s);
  });
});

describe("the user's own tool", () => {
  it.each(["kind v0.30.0 go1.24 linux/amd64", "kind v1.0.0"])("is kept when it is %s", async (says) => {
    theirs("kind", says);
    expect(await ensure("kind", KIND)).toMatchObject({ version: says.split(/ v?/)[1], ours: false });
    expect([host.asked, told]).toEqual([[], []]);
  });

  it.each(["kind v0.29.9", "kind v0.30.0-alpha"])("gives way to ours when it is %s", async (says) => {
    theirs("kind", says);
    expect(await ensure("kind", KIND)).toMatchObject({ version: TOOLS.kind.version, ours: true });
    expect(told).toEqual([expect.stringContaining("is older than 0.30.0: fetching ")]);
  });
});

describe("the pins", () => {
  const platforms: Platform[] = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

  it.each(Object.keys(TOOLS) as ToolName[])("of %s have an address and a sum for each machine", (name) => {
    const { url, sha256, version }: PinnedTool = TOOLS[name];
    expect(Object.keys(sha256)).toEqual(platforms);
    expect(new Set(Object.values(sha256).filter((sum) => /^[0-9a-f]{64}$/.test(sum))).size).toBe(4);
    const urls = platforms
      .map(url)
      .filter((one) => one.startsWith("https://") && one.includes(`v${version}`));
    expect(new Set(urls).size).toBe(4);
  });

  it("take no Pulumi CLI that is older than the SDK", () => {
    const text = fs.readFileSync(path.resolve(__dirname, "../../package.json"), "utf8");
    const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> };
    expect(TOOLS.pulumi.least).toBe(dependencies["@pulumi/pulumi"]);
  });
});

it.each([
  ["win32", "x64", /this is win32-x64: on Windows, run it inside WSL 2\.$/],
  ["linux", "riscv64", /this is linux-riscv64\.$/],
])("a machine that no tool is published for is refused: %s on %s", (os, processor, sentence) => {
  expect(() => thisPlatform(os, processor)).toThrow(sentence);
});
