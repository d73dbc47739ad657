import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { download } from "../../scripts/lib/tools/download";
import { FakeHost, SLOW_MS } from "../helpers/fake-host";
import { ownEnvironment } from "../helpers/own-environment";
import { temporaryFolder } from "../helpers/tools";

const FILE = Buffer.from("the file, whole ".repeat(10_000));
const SUM = createHash("sha256").update(FILE).digest("hex");

ownEnvironment();
let host: FakeHost;
let folder: string;
beforeEach(async () => {
  folder = temporaryFolder();
  host = await FakeHost.start();
  host.file = FILE;
});
afterEach(() => {
  host.stop();
  fs.rmSync(folder, { recursive: true });
});

function fetchFile(url = `${host.url}/file`, patienceMs?: number): Promise<void> {
  return download({ url, sha256: SUM, to: path.join(folder, "file"), patienceMs });
}

it("a download is there once it is whole, and nothing beside it", async () => {
  await fetchFile();
  expect(fs.readdirSync(folder)).toEqual(["file"]);
  expect(fs.readFileSync(path.join(folder, "file")).equals(FILE)).toBe(true);
});

it.each(["stalled", "silent"] as const)("a %s host is given up, and nothing is kept", async (way) => {
  host.way = way;
  const sentence = {
    stalled: /\/file broke off \(nothing more came\): run this again; nothing of it was kept\.$/,
    silent: /\/file cannot be fetched \(it does not answer\): connect to the internet .*WATCHTOWER_MIRROR/,
  }[way];
  await expect(fetchFile(undefined, 200)).rejects.toThrow(sentence);
  expect(fs.readdirSync(folder)).toEqual([]);
});

it("a slow host is not given up while pieces come", async () => {
  host.way = "slow";
  const began = Date.now();
  await fetchFile(undefined, 2 * SLOW_MS);
  expect(Date.now() - began).toBeGreaterThan(2 * SLOW_MS);
});

it("a slow download tells now and then how far it is", async () => {
  host.way = "slow";
  const told: [number, number | undefined][] = [];
  const tell = (received: number, total: number | undefined) => told.push([received, total]);
  const to = path.join(folder, "file");
  await download({ url: `${host.url}/file`, sha256: SUM, to, tell, tellEveryMs: SLOW_MS });
  const some = told.filter(([received]) => received > 0 && received < FILE.length);
  expect(some.length).toBeGreaterThan(0);
  expect(some.map(([, total]) => total)).toEqual(some.map(() => FILE.length));
});

it("a mirror is asked instead of the host, under the host's own name", async () => {
  process.env.WATCHTOWER_MIRROR = `${host.url}/files/`;
  await fetchFile("https://host.example/v1/file");
  expect(host.asked).toEqual(["/files/host.example/v1/file"]);
});

it("a proxy is asked where the variables name one", async () => {
  process.env.HTTP_PROXY = host.url;
  await fetchFile("http://host.example/file");
  expect(host.asked[0]).toMatch(/host\.example/);
});

const FULL = "/dev/full"; // a file on a disk that is full; Linux has one
(fs.existsSync(FULL) ? it : it.skip)("a full disk is called one, and nothing is kept", async () => {
  fs.symlinkSync(FULL, path.join(folder, "file.part"));
  await expect(fetchFile()).rejects.toThrow("The disk is full: make room, and run this again.");
  expect(fs.readdirSync(folder)).toEqual([]);
});
