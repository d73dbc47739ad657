import * as fs from "node:fs";
import * as path from "node:path";
import { checkChartRepositories } from "../../scripts/lib/checks/charts";
import { checkProjectDisk, inotifyLimits, judge, projectDisk } from "../../scripts/lib/checks/machine";
import { registries } from "../../scripts/lib/checks/registries";
import { refuseWrong } from "../../scripts/lib/finding";
import type { Settings } from "../../settings";
import { type FakeAnswer, FakeHttp } from "../helpers/fake-http";
import { freePorts } from "../helpers/ports";
import { temporaryFolder } from "../helpers/tools";

const GB = 1e9;

describe("the machine", () => {
  const found = ({ memory = 16, free = 50, first = true, nodeImage = "", cgroup = "2" }) =>
    judge(
      { version: "28.1.0", memory: memory * GB, folder: "/", cgroup },
      { first, nodeImage: nodeImage || undefined },
      free * GB,
    );
  const amiss = (given: Parameters<typeof found>[0]) => found(given).filter(({ state }) => state !== "ok");
  const refused = (given: Parameters<typeof found>[0]) => expect(() => refuseWrong(found(given)));

  it("with room for all is told as it is, with nothing to mind", () => {
    expect(found({ memory: 8, free: 10 }).map(({ state, saw }) => [state, saw])).toEqual([
      ["ok", "28.1.0"],
      ["ok", "8.0 GB of memory"],
      ["ok", "10.0 GB of disk free"],
      ["ok", "cgroup v2"],
    ]);
  });

  it("with less than 8 GB of memory or 10 GB of disk is told to be tight, and what makes room", () => {
    expect(amiss({ memory: 7.9 })).toEqual([
      {
        name: "Docker's memory",
        state: "warn",
        saw: expect.stringMatching(/^Docker has 7\.9 GB of memory; 8\.0 GB/) as string,
        mend: expect.stringContaining("give Docker more") as string,
      },
    ]);
    expect(amiss({ free: 9.9 })).toMatchObject([
      { state: "warn", saw: expect.stringContaining("only 9.9 GB free") as string },
    ]);
    expect(amiss({ memory: 4, free: 4 })).toHaveLength(2);
    refused({ memory: 4, free: 4 }).not.toThrow();
  });

  it("with less than 4 GB of memory is refused, with the way to more", () => {
    refused({ memory: 3.9 }).toThrow(
      /^Docker has 3\.9 GB of memory, .* needs 4\.0 GB: give Docker more .*with more\.$/,
    );
  });

  it("with less than 4 GB of disk is refused a first start, but not a further one", () => {
    refused({ free: 3.9 }).toThrow(/^Docker's disk has 3\.9 GB free, .* 4\.0 GB: make room/);
    refused({ free: 3.9, first: false }).not.toThrow();
    expect(amiss({ free: 3.9, first: false })).toHaveLength(1);
  });

  it("with less than 1 GB of disk is refused any start", () => {
    refused({ free: 1, first: false }).not.toThrow();
    refused({ free: 0.9, first: false }).toThrow(
      /^Docker's disk has 0\.9 GB free, .* at least 1\.0 GB: make room/,
    );
  });

  it("is never told to remove stopped containers, of which a paused cluster is one", () => {
    for (const free of [0, 9]) expect(amiss({ free })[0]!.mend).not.toMatch(/(system|container) prune/);
  });

  it("with cgroup v1 is refused a first start with kind's own node image, and else told", () => {
    refused({ cgroup: "1" }).toThrow(/^Docker uses cgroup v1, and Kubernetes wants v2 .*: use a system with/);
    for (const given of [{ cgroup: "1", first: false }, { cgroup: "1", nodeImage: "mine" }, { cgroup: "" }]) {
      refused(given).not.toThrow();
      expect(amiss(given)).toMatchObject([{ name: "cgroup", state: "warn" }]);
    }
  });

  it("is looked at where the project is", () => {
    expect(projectDisk("/proc")).toMatchObject({
      state: "wrong",
      saw: expect.stringMatching(/^The disk of \/proc has 0 MB free, .* 50 MB$/) as string,
      mend: "make room",
    });
    expect(projectDisk()).toMatchObject({ state: "ok" });
    expect(projectDisk("/nowhere/yet")).toMatchObject({ state: "ok" });
    expect(() => checkProjectDisk()).not.toThrow();
  });
});

describe("the limits of inotify", () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const limits = (instances: number, watches: number) => {
    fs.writeFileSync(path.join(folder, "max_user_instances"), `${instances}\n`);
    fs.writeFileSync(path.join(folder, "max_user_watches"), `${watches}\n`);
    return inotifyLimits(folder);
  };

  it("are well from Linux's own least defaults on, which carry one node", () => {
    expect(limits(128, 8_192)).toEqual({
      name: "inotify limits",
      state: "ok",
      saw: "max_user_instances 128, max_user_watches 8192",
    });
  });

  it("are told with the command that raises those that are low to what kind advises", () => {
    expect(limits(127, 8_192)).toMatchObject({
      state: "warn",
      saw: expect.stringMatching(/^max_user_instances 127, .*"too many open files"$/) as string,
      mend: "`sudo sysctl fs.inotify.max_user_instances=512`",
    });
    expect(limits(64, 8_191)).toMatchObject({
      mend: "`sudo sysctl fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=524288`",
    });
  });

  it("are none elsewhere than on Linux", () => {
    expect(inotifyLimits(path.join(folder, "nowhere"))).toBeUndefined();
  });
});

describe("the image registries", () => {
  let host: FakeHttp;
  let status: number;
  beforeEach(async () => {
    status = 401;
    host = await FakeHttp.start(({ path }) => (path === "/v2/" ? { status, body: "" } : undefined));
  });
  afterEach(() => host.stop());

  const look = async (imageRegistry: string | undefined, nodeImage?: string) =>
    (await registries({ imageRegistry, cluster: { kind: "kind", nodeImage } } as Settings)).map(
      ({ state, saw }) => [state, saw],
    );
  const own = () => host.url.replace("http://", "");

  it("are that of the settings and that of the node image, each asked once", async () => {
    expect(await look(`${own()}/a/folder`, `${own()}/node:1`)).toEqual([["ok", `${own()} answers`]]);
    const [port] = await freePorts(1);
    expect(await look(own(), `localhost:${port}/node:1`)).toEqual([
      ["ok", `${own()} answers`],
      ["warn", expect.stringContaining(`localhost:${port} does not answer (ECONNREFUSED)`)],
    ]);
  });

  it("are told to be out of order when they are", async () => {
    status = 503;
    const [[state, saw]] = (await look(own(), `${own()}/node:1`)) as [[string, string]];
    expect([state, saw]).toEqual(["warn", expect.stringContaining(`${own()} answers 503 from here`)]);
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
