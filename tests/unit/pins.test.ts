import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { parseOptions } from "../../scripts/pins/options";
import { readPage } from "../../scripts/pins/published";
import { run } from "../../scripts/pins/run";
import { CHARTS, type PinnedTool, type Platform, TOOL_NAMES, TOOLS } from "../../versions";
import { FakeHost } from "../helpers/fake-host";
import { Memory } from "../helpers/memory";
import { ownEnvironment } from "../helpers/own-environment";
import { temporaryFolder } from "../helpers/tools";

const VERSIONS = path.resolve(__dirname, "../../versions.ts");
const NEW_SUM = "0123456789abcdef".repeat(4);

/** What the publishers' pages say: what is pinned, until a test has them say something else. */
function publishedPages(): Map<string, string> {
  const pages = new Map<string, string>();
  for (const name of TOOL_NAMES) {
    const { sha256, sums, url }: PinnedTool = TOOLS[name];
    for (const [platform, sum] of Object.entries(sha256) as [Platform, string][]) {
      const file = url(platform).split("/").pop()!;
      const list = sums(platform);
      pages.set(list, `${pages.get(list) ?? ""}${sum}  ${file}\n`);
    }
  }
  for (const { repo } of Object.values(CHARTS)) {
    const own = Object.values(CHARTS).filter((chart) => chart.repo === repo);
    const entries = own.map(({ chart, version, appVersion }) => [
      chart,
      [
        { version: "0.0.1", appVersion: "older" },
        { version, appVersion },
      ],
    ]);
    pages.set(`${repo}/index.yaml`, stringify({ entries: Object.fromEntries(entries) as object }));
  }
  return pages;
}

let folder: string;
let file: string;
let pages: Map<string, string>;
beforeEach(() => {
  folder = temporaryFolder();
  file = path.join(folder, "versions.ts");
  fs.copyFileSync(VERSIONS, file);
  pages = publishedPages();
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

async function pins(...argv: string[]) {
  const [out, err] = [new Memory(), new Memory()];
  const read = (url: string) =>
    pages.has(url) ? Promise.resolve(pages.get(url)!) : Promise.reject(new Error(`nobody asks for ${url}`));
  const code = await run(argv, { out, err, read, file });
  return { code, out: out.text, err: err.text, text: fs.readFileSync(file, "utf8") };
}

/** Has a publisher's page say something else. */
function changes(url: string, from: string, to: string): void {
  expect(pages.get(url)).toContain(from);
  pages.set(url, pages.get(url)!.replace(from, to));
}

const before = fs.readFileSync(VERSIONS, "utf8");
const { kind, pulumi } = TOOLS as Record<string, PinnedTool>;

describe("npm run pins", () => {
  it("leaves a file as it is that says what is published", async () => {
    expect(await pins()).toMatchObject({
      code: 0,
      out: "versions.ts says what is published.\n",
      text: before,
    });
  });

  it.each([
    ["kind's, each in a list of its own", kind!, "darwin-arm64"],
    ["Pulumi's, all in one", pulumi!, "linux-arm64"],
  ] as [string, PinnedTool, Platform][])(
    "takes over the sum of a new version: %s",
    async (_, tool, platform) => {
      const old = tool.sha256[platform];
      changes(tool.sums(platform), old, NEW_SUM);
      const { code, out, text } = await pins();
      expect([code, out]).toEqual([
        0,
        expect.stringMatching(`${tool.version}, ${platform}: ${old} -> ${NEW_SUM}\n$`),
      ]);
      expect(text).toBe(before.replace(old, NEW_SUM));
    },
  );

  it("takes over which program a new version of a chart has in it, for that chart alone", async () => {
    const { repo, chart, version, appVersion } = CHARTS.loki;
    changes(`${repo}/index.yaml`, `appVersion: ${appVersion}`, "appVersion: 9.9");
    const { out, text } = await pins();
    expect(out).toBe(`program in ${chart} ${version}: ${appVersion} -> 9.9\n`);
    expect(text).toBe(before.replace(`appVersion: "${appVersion}"`, 'appVersion: "9.9"'));
  });

  it("changes nothing and fails, when it is only to look", async () => {
    changes(kind!.sums("linux-x64"), kind!.sha256["linux-x64"], NEW_SUM);
    expect(await pins("--check")).toMatchObject({ code: 1, text: before });
  });

  it.each([
    [
      "no SHA-256 of a file",
      () => changes(pulumi!.sums("linux-x64"), "-linux-x64.", "-linux-x86."),
      /has no SHA-256 of pulumi-v/,
    ],
    [
      "a sum of another kind",
      () => changes(kind!.sums("linux-x64"), kind!.sha256["linux-x64"], "abc"),
      /has no SHA-256 of kind-/,
    ],
    [
      "no such chart",
      () => changes(`${CHARTS.loki.repo}/index.yaml`, CHARTS.loki.version, "1.0.0"),
      /has no loki /,
    ],
  ])("changes nothing where there is %s", async (_, happens, words) => {
    happens();
    expect(await pins()).toMatchObject({
      code: 1,
      err: expect.stringMatching(words) as string,
      text: before,
    });
  });

  it("knows its options", () => {
    expect(parseOptions(["--check"])).toEqual({ options: { check: true } });
    expect(parseOptions(["kind"])).toEqual({ fault: expect.stringContaining("'kind'") as string });
  });
});

describe("a publisher's page", () => {
  ownEnvironment();

  it("is read, or it is told why it cannot be", async () => {
    const host = await FakeHost.start();
    const page = `${host.url}/sums`;
    host.file = Buffer.from("a sum");
    expect(await readPage(page)).toBe("a sum");
    host.way = 404;
    await expect(readPage(page)).rejects.toThrow(/\/sums answers 404: is there such a version\?$/);
    host.stop();
    await expect(readPage(page)).rejects.toThrow(/cannot be read \(ECONNREFUSED\): connect to/);
  });
});
