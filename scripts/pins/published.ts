import { parse } from "yaml";
import { CHARTS, type PinnedChart, type PinnedTool, type Platform, TOOL_NAMES, TOOLS } from "../../versions";
import { Fault, reasonOf } from "../lib/fault";
import { proxiedFetch } from "../lib/proxied";

/** Something in versions.ts that follows from a version, and what its publisher says of it. */
export interface Pin {
  /** What it is, for a person. */
  what: string;
  pinned: string;
  published: string;
  /** Where it stands in the text of versions.ts: what is before it, and the value itself. */
  at: RegExp;
}

/** Reads a page of the internet. */
export type Read = (url: string) => Promise<string>;

const ANSWER_WITHIN_MS = 60_000;

/** Everything that follows from a version. */
export async function pins(read: Read): Promise<Pin[]> {
  const page = once(read);
  const index = once(async (repo) => parse(await read(`${repo}/index.yaml`)) as Index);
  const tools = TOOL_NAMES.flatMap((name) => {
    const platforms = Object.keys(TOOLS[name].sha256) as Platform[];
    return platforms.map((platform) => sumPin(name, TOOLS[name], platform, page));
  });
  return Promise.all([...tools, ...Object.values(CHARTS).map((chart) => appPin(chart, index))]);
}

/** One list has the sums of several platforms, and one index several charts. */
function once<T>(ask: (of: string) => Promise<T>): (of: string) => Promise<T> {
  const asked = new Map<string, Promise<T>>();
  return (of) => {
    if (!asked.has(of)) asked.set(of, ask(of));
    return asked.get(of)!;
  };
}

async function sumPin(name: string, tool: PinnedTool, platform: Platform, read: Read): Promise<Pin> {
  const [from, file] = [tool.sums(platform), tool.url(platform).split("/").pop()];
  const lines = (await read(from)).split("\n").map((line) => line.trim().split(/\s+\*?/));
  const [published = ""] = lines.find(([, named]) => named === file) ?? [];
  if (!/^[0-9a-f]{64}$/.test(published)) throw new Fault(`${from} has no SHA-256 of ${file}.`);
  const pinned = tool.sha256[platform];
  return { what: `${name} ${tool.version}, ${platform}`, pinned, published, at: new RegExp(`(")${pinned}`) };
}

async function appPin(
  { chart, repo, version, appVersion }: PinnedChart,
  index: (repo: string) => Promise<Index>,
): Promise<Pin> {
  const versions = (await index(repo)).entries?.[chart];
  const published = versions?.find((one) => one.version === version)?.appVersion;
  if (published === undefined) throw new Fault(`${repo} has no ${chart} ${version}.`);
  const at = new RegExp(`(chart: "${chart}",[^}]*appVersion: ")${appVersion.replaceAll(".", "\\.")}`);
  return { what: `program in ${chart} ${version}`, pinned: appVersion, published: String(published), at };
}

/** What a Helm repository has, as far as we ask. */
interface Index {
  entries?: Record<string, { version: string; appVersion?: string | number }[]>;
}

/** @throws Fault when it cannot be read */
export async function readPage(url: string): Promise<string> {
  try {
    const answer = await proxiedFetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (answer.ok) return await answer.text();
    await answer.body?.cancel();
    throw new Fault(`${url} answers ${answer.status}: is there such a version?`);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(
      `${url} cannot be read (${reasonOf(error)}): connect to the internet (HTTPS_PROXY is honoured).`,
    );
  }
}
