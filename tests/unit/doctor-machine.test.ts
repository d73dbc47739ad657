import { lookAtAll } from "../../scripts/doctor/check";
import type { Facts } from "../../scripts/doctor/facts";
import { MACHINE } from "../../scripts/doctor/machine";
import { NETWORK } from "../../scripts/doctor/network";
import { Fault } from "../../scripts/lib/fault";
import type { Settings } from "../../settings";
import { COMPONENTS } from "../../versions";
import { factsWith, fails, is, NOTHING_KEPT, settings, states } from "../helpers/fake-facts";
import { FakeHttp } from "../helpers/fake-http";
import { ownEnvironment } from "../helpers/own-environment";

ownEnvironment();

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
