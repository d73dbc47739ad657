import * as fs from "node:fs";
import * as path from "node:path";
import { checkChartRepositories } from "../../scripts/lib/checks/charts";
import { checkProjectDisk, judge } from "../../scripts/lib/checks/machine";
import { dockerInfo } from "../../scripts/lib/docker";
import type { Settings } from "../../settings";
import { type FakeAnswer, FakeHttp } from "../helpers/fake-http";
import { ownEnvironment } from "../helpers/own-environment";
import { freePorts } from "../helpers/ports";
import { temporaryFolder } from "../helpers/tools";

ownEnvironment();
const GB = 1e9;

describe("the machine", () => {
  const found = ({ memory = 16, free = 50, first = true }) =>
    judge({ version: "28.1.0", memory: memory * GB, folder: "/" }, free * GB, first);

  it("with room for all is told as it is, with nothing to mind", () => {
    expect(found({ memory: 8, free: 10 })).toEqual({
      is: "Docker 28.1.0: 8.0 GB of memory, 10.0 GB of disk free",
      warnings: [],
    });
  });

  it("with less than 8 GB of memory or 10 GB of disk is told to be tight", () => {
    expect(found({ memory: 7.9 }).warnings).toEqual([
      expect.stringMatching(/^Docker has 7\.9 GB of memory; 8\.0 GB/),
    ]);
    expect(found({ free: 9.9 }).warnings).toEqual([expect.stringContaining("only 9.9 GB free")]);
    expect(found({ memory: 4, free: 4 }).warnings).toHaveLength(2);
  });

  it("with less than 4 GB of memory is refused, with the way to more", () => {
    expect(() => found({ memory: 3.9 })).toThrow(
      /^Docker has 3\.9 GB of memory, .* needs 4\.0 GB: give Docker more/,
    );
  });

  it("with less than 4 GB of disk is refused a first start, but not a further one", () => {
    expect(() => found({ free: 3.9 })).toThrow(/^Docker's disk has 3\.9 GB free, .* 4\.0 GB: make room/);
    expect(found({ free: 3.9, first: false }).warnings).toHaveLength(1);
  });

  it("is looked at where the project is", () => {
    expect(() => checkProjectDisk("/proc")).toThrow(/^The disk of \/proc has 0 MB free, .* 50 MB: make room/);
    expect(() => checkProjectDisk()).not.toThrow();
  });
});

describe("Docker", () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
    process.env.PATH = folder;
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const docker = (script: string) =>
    fs.writeFileSync(path.join(folder, "docker"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const NOT_LET_IN = "Docker does not let you in: run `sudo usermod -aG docker $USER`, log in again";
  const NOT_THERE = "Docker does not answer: start Docker, and run this again.";

  it("says what it is", async () => {
    docker(`echo '{"ServerVersion":"28.1.0","MemTotal":17,"DockerRootDir":"/var/lib/docker"}'`);
    expect(await dockerInfo()).toEqual({ version: "28.1.0", memory: 17, folder: "/var/lib/docker" });
  });

  it("that is missing is to be installed", async () => {
    await expect(dockerInfo()).rejects.toThrow(/^Docker is missing: install it \(https:\S+\), start it/);
  });

  it.each([
    ["echo Cannot connect to the Docker daemon at unix:///x.sock. >&2; exit 1", NOT_THERE],
    [`echo '{"ServerVersion":"","ServerErrors":["Cannot connect to the Docker daemon"]}'`, NOT_THERE],
    ["echo permission denied while trying to connect to the socket >&2; exit 1", NOT_LET_IN],
    [`echo '{"ServerVersion":"","ServerErrors":["permission denied while trying to connect"]}'`, NOT_LET_IN],
  ])("that answers with %s is told in one sentence", async (script, sentence) => {
    docker(script);
    await expect(dockerInfo()).rejects.toThrow(sentence);
  });
});

describe("the chart repositories", () => {
  let host: FakeHttp;
  let asked: string[];
  let answer: FakeAnswer;
  beforeEach(async () => {
    asked = [];
    answer = { body: "" };
    host = await FakeHttp.start(({ path }) => {
      asked.push(path);
      return answer;
    });
  });
  afterEach(() => host.stop());

  const check = (
    charts: Record<string, { repo?: string; path?: string }>,
    components = Object.keys(charts),
  ) => checkChartRepositories({ charts, components } as unknown as Settings);
  const loki = () => check({ loki: { repo: `${host.url}/charts/` } });

  it("are asked once each, and only those of the parts that run", async () => {
    const [a, b] = [`${host.url}/a`, `${host.url}/b/`];
    const charts = {
      loki: { repo: a },
      tempo: { repo: a },
      mimir: { repo: b },
      alloy: { repo: `${host.url}/c` },
    };
    await check(charts, ["loki", "tempo", "mimir"]);
    expect(asked.sort()).toEqual(["/a/index.yaml", "/b/index.yaml"]);
  });

  it("are not asked where a chart is in a folder or a registry", async () => {
    await check({
      loki: { path: "/charts/loki", repo: host.url },
      tempo: { repo: "oci://registry.example/x" },
    });
    expect(asked).toEqual([]);
  });

  it.each([401, 405])("may answer %i, which is for Helm to understand", async (status) => {
    answer = { status, body: "" };
    await expect(loki()).resolves.toBeUndefined();
  });

  it.each([404, 503])("are named when they answer %i, with the way to another", async (status) => {
    answer = { status, body: "" };
    await expect(loki()).rejects.toThrow(
      `The chart repository ${host.url}/charts/ answers ${status}: try again later, or name another place with \`pulumi config set --path charts.loki.repo https://…\``,
    );
  });

  it("are named when nobody answers", async () => {
    const [port] = await freePorts(1);
    await expect(check({ loki: { repo: `http://127.0.0.1:${port}` } })).rejects.toThrow(
      /^The chart repository http:\S+ does not answer \(ECONNREFUSED\): connect .*charts\.loki\.repo/,
    );
  });
});
