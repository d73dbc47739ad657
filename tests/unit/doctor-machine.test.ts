import * as fs from "node:fs";
import * as path from "node:path";
import { type Found, lookAtAll } from "../../scripts/doctor/check";
import type { Facts } from "../../scripts/doctor/facts";
import { MACHINE } from "../../scripts/doctor/machine";
import { NETWORK } from "../../scripts/doctor/network";
import { PORTS } from "../../scripts/doctor/ports";
import { PROGRAMS } from "../../scripts/doctor/programs";
import { Fault } from "../../scripts/lib/fault";
import type { Settings } from "../../settings";
import { COMPONENTS } from "../../versions";
import { factsWith, KEPT, NOTHING_KEPT, settings } from "../helpers/fake-facts";
import { FakeHttp } from "../helpers/fake-http";
import { ownEnvironment } from "../helpers/own-environment";
import { freePorts, withListener } from "../helpers/ports";
import { program, temporaryFolder } from "../helpers/tools";

ownEnvironment();
const is =
  <T>(value: T) =>
  () =>
    Promise.resolve(value);
const fails = (error: Error) => () => Promise.reject(error);
const states = (found: Found[]) => found.map(({ name, state }) => `${name} ${state}`);

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  for (const name of ["sh", "node", "cat"]) fs.symlinkSync(program(name).path!, path.join(folder, name));
  process.env.PATH = folder;
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** Puts a program in place that says this, whatever it is asked. */
function install(name: string, says: string): void {
  fs.writeFileSync(path.join(folder, name), `#!/bin/sh\ncat <<'END'\n${says}\nEND\n`, { mode: 0o755 });
}

describe("the machine", () => {
  const look = (changes: Partial<Facts> = {}) => lookAtAll(MACHINE, factsWith(changes));
  const DOCKER = { version: "28.1.0", memory: 16e9, folder: "/", cgroup: "2" };
  const ofDocker = async (changes: Partial<Facts>) =>
    (await look(changes)).filter(({ name }) => /^(Docker|cgroup)/.test(name) && name !== "Docker's disk");

  it("with all that it takes is ok in each line", async () => {
    expect(states(await ofDocker({}))).toEqual(["Docker ok", "Docker's memory ok", "cgroup ok"]);
    expect((await look())[0]).toMatchObject({
      name: "Node",
      state: "ok",
      saw: expect.stringContaining(process.versions.node) as string,
    });
    expect(states(await look())).toContain("project's disk ok");
  });

  it.each([
    ["little memory", { memory: 6e9 }, "Docker's memory warn"],
    ["too little memory", { memory: 3e9 }, "Docker's memory wrong"],
    ["cgroup v1", { cgroup: "1" }, "cgroup warn"],
  ])("with %s is told", async (_, changes, told) => {
    expect(states(await ofDocker({ docker: is({ ...DOCKER, ...changes }) }))).toContain(told);
  });

  it("with cgroup v1 cannot start a first cluster", async () => {
    const facts = { docker: is({ ...DOCKER, cgroup: "1" }), kept: is(NOTHING_KEPT) };
    expect(states(await ofDocker(facts))).toContain("cgroup wrong");
  });

  it("without Docker is wrong, and without it all the same where settings and state cannot be read", async () => {
    const docker = fails(new Fault("Docker does not answer: start Docker, and run this again."));
    for (const more of [{}, { settings: fails(new Fault("a")), kept: fails(new Fault("b")) }])
      expect(await ofDocker({ docker, ...more })).toEqual([
        { name: "Docker", state: "wrong", saw: "Docker does not answer: start Docker, and run this again." },
      ]);
  });

  it("needs no Docker for somebody else's cluster", async () => {
    const theirs = is(settings({ cluster: { kind: "existing", kubeContext: "theirs" } }));
    expect(await ofDocker({ settings: theirs, docker: fails(new Fault("none")) })).toMatchObject([
      { state: "ok", saw: expect.stringContaining("theirs") as string },
    ]);
  });
});

describe("the programs", () => {
  const look = (changes: Partial<Facts> = {}) => lookAtAll(PROGRAMS, factsWith(changes));
  const PLUG_INS = JSON.parse(fs.readFileSync(path.join(__dirname, "../../package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const plugIns = ["command", "kubernetes", "random"].map((name) => ({
    name,
    version: PLUG_INS.dependencies[`@pulumi/${name}`]!,
  }));
  beforeEach(() => {
    install("kind", "kind v0.33.0 go1.26.8 linux/amd64");
    install("kubectl", "Client Version: v1.34.4");
    install("helm", "v4.0.1+g1234567");
    pulumi(plugIns);
  });
  /** It says its version, or which plug-ins it has. */
  function pulumi(has: { name: string; version: string }[]): void {
    const list = JSON.stringify(has.map((one) => ({ kind: "resource", ...one })));
    const script = `case "$1" in version) echo v3.259.0 ;; plugin) echo '${list}' ;; esac`;
    fs.writeFileSync(path.join(folder, "pulumi"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  it("that are all there are ok", async () => {
    expect((await look()).map(({ name, state, saw }) => [name, state, saw])).toEqual([
      ["kind", "ok", "0.33.0, as pinned"],
      ["pulumi", "ok", "3.259.0, as pinned"],
      ["Pulumi's plug-ins", "ok", plugIns.map(({ name, version }) => `${name} ${version}`).join(", ")],
      ["kubectl", "ok", "1.34.4"],
      ["helm", "ok", "4.0.1"],
    ]);
  });

  it("of the user's own will do when they are new enough, and are told", async () => {
    install("kind", "kind v0.31.0");
    const tool: Facts["tool"] = (name) => Promise.resolve({ name, version: "0.31.0", ours: false });
    expect((await look({ tool }))[0]).toMatchObject({
      state: "ok",
      saw: "0.31.0, yours; 0.33.0 is pinned, and yours will do",
    });
  });

  it.each(["is missing", "0.20.0 is older than 0.30.0"])(
    "are wrong where one %s, and the fix fetches it",
    async (why) => {
      const facts = factsWith({
        tool: (name) => Promise.resolve(name === "kind" ? { why } : { name, version: "3.259.0", ours: true }),
      });
      const [kind] = await lookAtAll(PROGRAMS, facts);
      expect(kind).toMatchObject({ state: "wrong", saw: `${why}; 0.33.0 is pinned` });
      await kind!.fix!.act(() => undefined);
      expect(facts.mended).toEqual([["fetchTool", "kind"]]);
    },
  );

  it("are wrong where ours does not run, and the fix fetches it anew", async () => {
    fs.rmSync(path.join(folder, "kind"));
    const facts = factsWith();
    const [kind] = await lookAtAll(PROGRAMS, facts);
    expect(kind).toMatchObject({
      state: "wrong",
      saw: expect.stringMatching(/kind-0\.33\.0 holds one that does not run$/) as string,
    });
    await kind!.fix!.act(() => undefined);
    expect(facts.mended).toEqual([["fetchTool", "kind"]]);
  });

  it.each(["kubectl", "helm"])("without %s are no fault, as only the docs teach with it", async (name) => {
    fs.rmSync(path.join(folder, name));
    const found = (await look()).find((one) => one.name === name);
    expect(found).toMatchObject({
      state: "warn",
      mend: expect.stringMatching(/^install it: https:/) as string,
    });
  });

  describe("Pulumi's plug-ins", () => {
    const missing = async () => {
      const facts = factsWith();
      return {
        facts,
        found: (await lookAtAll(PROGRAMS, facts)).find(({ name }) => name === "Pulumi's plug-ins")!,
      };
    };

    it("of other versions count as missing, and the fix fetches each", async () => {
      pulumi([plugIns[0]!, { name: "kubernetes", version: "4.0.0" }]);
      const { facts, found } = await missing();
      const [, kubernetes, random] = plugIns;
      expect(found).toMatchObject({
        state: "warn",
        mend: expect.stringContaining(`pulumi plugin install resource random ${random!.version}`) as string,
      });
      await found.fix!.act(() => undefined);
      expect(facts.mended).toEqual([
        ["fetchPlugIn", "kubernetes", kubernetes!.version],
        ["fetchPlugIn", "random", random!.version],
      ]);
    });

    it("are wrong to miss where Pulumi may not fetch them itself", async () => {
      pulumi([]);
      process.env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION = "true";
      expect((await missing()).found.state).toBe("wrong");
    });

    it("on PATH are as good, whatever their version", async () => {
      pulumi([]);
      for (const { name } of plugIns) install(`pulumi-resource-${name}`, "");
      expect((await missing()).found.state).toBe("ok");
    });

    it("are not called ok without a Pulumi to ask", async () => {
      const found = await look({ tool: is({ why: "is missing" }) });
      expect(found.find(({ name }) => name === "Pulumi's plug-ins")?.state).toBe("warn");
    });
  });
});

describe("the ports", () => {
  let hostPorts: { grafanaPort: number; otlpGrpcPort: number; otlpHttpPort: number };
  beforeEach(async () => {
    const [a, b, c] = (await freePorts(3)).map(Number);
    hostPorts = { grafanaPort: a!, otlpGrpcPort: b!, otlpHttpPort: c! };
  });
  const HOST_PORTS = () =>
    Object.entries(hostPorts)
      .map(([key, port]) => `${key}=${port}`)
      .join(" ");
  const UP = () => ({ kept: is({ ...KEPT, cluster: { CLUSTER: "watchtower", HOST_PORTS: HOST_PORTS() } }) });
  const DOWN = { kept: is(NOTHING_KEPT), cluster: is("gone" as const) };
  const look = (changes: Partial<Facts>) =>
    lookAtAll(
      PORTS,
      factsWith({ settings: is(settings({ cluster: { kind: "kind", hostPorts } })), ...changes }),
    );
  /** Looks while a program has each of these ports. */
  async function whileTaken(keys: (keyof typeof hostPorts)[], changes: Partial<Facts>): Promise<Found[]> {
    const [key, ...more] = keys;
    if (key === undefined) return look(changes);
    let found: Promise<Found[]> | undefined;
    await withListener(hostPorts[key], async () => {
      found = whileTaken(more, changes);
      await found;
    });
    return found!;
  }
  const ALL = ["grafanaPort", "otlpGrpcPort", "otlpHttpPort"] as const;

  it("are free while the stack is down", async () => {
    expect((await look(DOWN)).map(({ state, saw }) => [state, saw])).toEqual(
      ALL.map((key) => ["ok", `${key}: free`]),
    );
  });

  it("are the stack's own while it is up", async () => {
    const found = await whileTaken([...ALL], UP());
    expect(found.map(({ state, saw }) => [state, saw])).toEqual(
      ALL.map((key) => ["ok", `${key}: the stack's own`]),
    );
  });

  it.each([
    ["down", () => DOWN],
    ["stopped", () => ({ ...UP(), cluster: is("stopped" as const) })],
    ["unknown", () => ({ ...UP(), cluster: fails(new Fault("no Docker")) })],
  ])(
    "are wrong where another has one while the cluster is %s, with the way to another port",
    async (_, facts) => {
      const found = await whileTaken(["otlpGrpcPort"], facts());
      const port = hostPorts.otlpGrpcPort;
      expect(states(found)).toContain(`port ${port} wrong`);
      const other = port < 64536 ? port + 1000 : port - 1000;
      expect(found[1]).toMatchObject({
        saw: expect.stringMatching(/^otlpGrpcPort: taken by /) as string,
        mend: expect.stringMatching(new RegExp(`pulumi config set otlpGrpcPort ${other}\`$`)) as string,
      });
    },
  );

  it("are told with the container or the program that has one, where it can be known", async () => {
    const saw = async () => (await whileTaken(["grafanaPort"], DOWN))[0]!.saw;
    expect(await saw()).toBe("grafanaPort: taken by another program");
    install("lsof", "p4711\ncgrafana");
    expect(await saw()).toBe("grafanaPort: taken by grafana (process 4711)");
    install("docker", "some-container");
    expect(await saw()).toBe("grafanaPort: taken by the container some-container");
  });

  it("are wrong where nothing answers although the cluster has it", async () => {
    const found = await whileTaken(["grafanaPort", "otlpGrpcPort"], UP());
    expect(found[2]).toMatchObject({
      state: "wrong",
      saw: "otlpHttpPort: nothing answers, though the cluster has it",
      mend: "`npm run pause && npm run resume` makes Docker open it again",
    });
  });

  it("of settings that the cluster does not have yet are told with what a change costs", async () => {
    const has = is({
      ...KEPT,
      cluster: { CLUSTER: "watchtower", HOST_PORTS: "grafanaPort=3000 otlpGrpcPort=4317 otlpHttpPort=4318" },
    });
    const [found] = await look({ kept: has });
    expect(found).toMatchObject({
      state: "warn",
      saw: "grafanaPort: free, while the cluster has 3000; the next `npm run up` makes the cluster anew for it, data included",
      mend: expect.stringMatching(/pulumi config set grafanaPort 3000`$/) as string,
    });
  });

  it("are nobody's concern in somebody else's cluster, and unknown where the settings are wrong", async () => {
    const theirs = is(settings({ cluster: { kind: "existing", kubeContext: "theirs" } }));
    expect(await look({ settings: theirs })).toEqual([]);
    expect(await look({ settings: fails(new Error("wrong")) })).toMatchObject([
      { name: "ports", state: "warn" },
    ]);
  });
});

describe("what comes from elsewhere", () => {
  let host: FakeHttp;
  let status: number;
  beforeEach(async () => {
    status = 200;
    host = await FakeHttp.start(() => ({ status, body: "" }));
  });
  afterEach(() => host.stop());

  const look = (changes: Partial<Facts>) => {
    const registry = host.url.replace("http://", "");
    const charts = Object.fromEntries(
      COMPONENTS.map((name) => [name, { chart: name, repo: host.url, version: "1.0.0" }]),
    );
    const given = { charts, imageRegistry: registry, cluster: { kind: "existing", kubeContext: "theirs" } };
    return lookAtAll(NETWORK, factsWith({ settings: is(settings(given as Partial<Settings>)), ...changes }));
  };

  it("is ok where it answers", async () => {
    expect(states(await look({}))).toEqual(["charts ok", "images ok"]);
  });

  it("is wrong to miss before the first start, and no fault once the stack is up", async () => {
    status = 503;
    expect(states(await look({ kept: is(NOTHING_KEPT) }))).toEqual(["charts wrong", "images warn"]);
    expect(states(await look({}))).toEqual(["charts warn", "images warn"]);
  });

  it("is not asked for where the settings are wrong", async () => {
    expect(states(await look({ settings: fails(new Error("wrong")) }))).toEqual([
      "charts warn",
      "images warn",
    ]);
  });
});
