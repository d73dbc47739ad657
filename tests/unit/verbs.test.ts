import { RunError } from "@pulumi/pulumi";
import { run as compare } from "../../scripts/compare/run";
import { run as doctor } from "../../scripts/doctor/run";
import { run as down } from "../../scripts/down/run";
import { run as env } from "../../scripts/env/run";
import type { Kept } from "../../scripts/lib/engine";
import { Ended, Fault } from "../../scripts/lib/fault";
import { ownCluster, wholeCluster } from "../../scripts/lib/plain-verb";
import { checkNode } from "../../scripts/lib/prepare";
import { runVerb } from "../../scripts/lib/verb";
import { run as logs } from "../../scripts/logs/run";
import { run as open } from "../../scripts/open/run";
import { run as pause } from "../../scripts/pause/run";
import { run as portForward } from "../../scripts/port-forward/run";
import { run as render } from "../../scripts/render/run";
import { run as reset } from "../../scripts/reset/run";
import { run as restart } from "../../scripts/restart/run";
import { run as resume } from "../../scripts/resume/run";
import { run as status } from "../../scripts/status/run";
import { run as sumo } from "../../scripts/sumo/run";
import { run as testData } from "../../scripts/test-data/run";
import { parseOptions } from "../../scripts/up/options";
import { run as up } from "../../scripts/up/run";
import { run as verify } from "../../scripts/verify/run";
import { FakeEngine } from "../helpers/fake-engine";
import { FakeMachine } from "../helpers/fake-machine";
import { Memory } from "../helpers/memory";
import { ownEnvironment } from "../helpers/own-environment";

ownEnvironment();
beforeEach(() => {
  process.env.WATCHTOWER_MIRROR = "http://127.0.0.1:1"; // a verb that goes too far gets nowhere
});

const ON_A_RUNNING_STACK = {
  logs,
  "port-forward": portForward,
  open,
  restart,
  "test-data": testData,
  sumo,
  reset,
  verify,
  compare,
};
const VERBS = Object.entries({
  ...{ up, down, pause, resume, env, doctor, status, render },
  ...ON_A_RUNNING_STACK,
});
/** What a verb cannot do without. */
const WORDS: Record<string, string[]> = { "port-forward": ["loki"], restart: ["loki"], sumo: ["on"] };

async function start(verb: typeof up, ...argv: string[]) {
  const [out, err] = [new Memory(), new Memory()];
  return { code: await verb(argv, { out, err }), out: out.text, err: err.text };
}

describe.each(VERBS)("npm run %s", (name, verb) => {
  it.each(["--help", "-h"])("explains itself on %s, with its exit codes", async (help) => {
    const { code, out, err } = await start(verb, help);
    expect(out).toMatch(new RegExp(`npm run (-s )?${name}\\b.*Exit code: 0 .*1 .*2 `, "s"));
    expect([code, err]).toEqual([0, ""]);
  });

  it.each([
    [["--bogus"], "Unknown option '--bogus'"],
    [["stray"], /Unexpected argument 'stray'|There is no component "stray"|, and not "stray"/],
    [["loki", "3100", "stray"], /Unexpected argument|There is no component|, and not "loki"/],
  ])("refuses %j with exit code 2 and one sentence, before it does anything", async (argv, what) => {
    const { code, out, err } = await start(verb, ...argv);
    expect(err).toMatch(what);
    expect(err).toMatch(
      new RegExp(`^${name}: [^.]+; \`npm run ${name} -- --help\` lists the options\\.\\n$`),
    );
    expect([code, out]).toEqual([2, ""]);
  });
});

it.each(VERBS.filter(([name]) => name !== "env"))(
  "npm run %s refuses a stack's name that is none",
  async (name, verb) => {
    for (const stack of ["", "../local", "a b"])
      expect(await start(verb, ...(WORDS[name] ?? []), "--stack", stack)).toMatchObject({
        code: 2,
        err: expect.stringContaining(`--stack cannot be "${stack}"`) as string,
      });
  },
);

it.each(Object.entries(ON_A_RUNNING_STACK))(
  "npm run %s says one thing where there is no running stack, and does nothing",
  async (name, verb) => {
    const [out, err] = [new Memory(), new Memory()];
    const runningStack = () => Promise.reject(new Fault("The stack is not up."));
    expect(await verb(WORDS[name] ?? [], { out, err, runningStack })).toBe(1);
    expect([out.text, err.text]).toEqual(["", `${name}: The stack is not up.\n`]);
  },
);

it.each(VERBS.filter(([name]) => /^(up|doctor|status|verify|compare|env)$/.test(name)))(
  "npm run %s refuses a wrong option with a document where it is to answer with one",
  async (name, verb) => {
    const { code, out, err } = await start(verb, "--json", "--bogus");
    expect(JSON.parse(out)).toEqual({ ok: false, error: err.trim().replace(`${name}: `, "") });
    expect(code).toBe(2);
  },
);

describe("the words of up", () => {
  const read = (...argv: string[]) => parseOptions(argv);

  it("name the components to run, in the order of the stack, each once", () => {
    expect(read("grafana", "tempo", "grafana")).toMatchObject({
      options: { components: ["tempo", "grafana"] },
    });
  });

  it("may be `all`, which is not the same as none", () => {
    expect(read("all")).toMatchObject({ options: { components: "all" } });
    expect(read("all", "tempo")).toMatchObject({ options: { components: "all" } });
    expect(read()).toEqual({
      options: { components: undefined, stack: undefined, verbose: false, json: false },
    });
  });

  it("stand beside options", () => {
    expect(read("--stack", "me/watchtower/dev", "loki", "--verbose")).toEqual({
      options: { components: ["loki"], stack: "me/watchtower/dev", verbose: true, json: false },
    });
  });

  it("are refused with the one that is none", () => {
    expect(read("all", "tempo", "prometheus")).toEqual({
      fault: expect.stringMatching(
        /^There is no component "prometheus": it takes tempo, .*, or all;/,
      ) as string,
    });
  });
});

describe("what keeps a verb from its end", () => {
  const failWith = async (error: Error) => {
    const [out, err] = [new Memory(), new Memory()];
    const fail = () => Promise.reject(error);
    const code = await runVerb("up", { options: {} }, { out, err }, fail);
    expect(out.text).toBe("");
    return { code, err: err.text };
  };

  it("is one sentence and exit code 1 when a person can mend it", async () => {
    expect(await failWith(new Fault("Start Docker."))).toEqual({ code: 1, err: "up: Start Docker.\n" });
  });

  it("is one sentence and exit code 130 when it was Ctrl-C", async () => {
    expect(await failWith(new Ended("ended."))).toEqual({ code: 130, err: "up: ended.\n" });
  });

  it("is the program's own list when the settings are wrong", async () => {
    expect(await failWith(new RunError("Wrong:\n  - this"))).toEqual({ code: 1, err: "Wrong:\n  - this\n" });
  });

  it("is a JSON document as well for a program that asked for one", async () => {
    const [out, err] = [new Memory(), new Memory()];
    const fail = () => Promise.reject(new Fault("Start Docker."));
    expect(await runVerb("up", { options: { json: true } }, { out, err }, fail)).toBe(1);
    expect(JSON.parse(out.text)).toEqual({ ok: false, error: "Start Docker." });
    expect(err.text).toBe("up: Start Docker.\n");
  });

  it("is thrown when it is a fault of ours", async () => {
    await expect(failWith(new TypeError("undefined is no function"))).rejects.toThrow(TypeError);
  });
});

describe("the cluster that pause and resume work on", () => {
  const kept: Kept = {
    resources: 9,
    cluster: { CLUSTER: "watchtower" },
    clusterUrn: "urn",
    releases: new Set(),
    interrupted: false,
  };

  it("is the one that the stack made", () => {
    expect(ownCluster(kept)).toEqual({ CLUSTER: "watchtower" });
  });

  it.each([
    ["there is no stack", undefined],
    ["the stack is down", { ...kept, resources: 0, cluster: undefined, clusterUrn: undefined }],
  ])("is missing when %s", (_, nothing) => {
    expect(() => ownCluster(nothing)).toThrow("The stack is not up: `npm run up` brings it up.");
  });

  it("is not ours to stop when the stack did not make it", () => {
    expect(() => ownCluster({ ...kept, cluster: undefined, clusterUrn: undefined })).toThrow(/not its own/);
  });

  it("is a whole one, running or stopped", async () => {
    const machine = new FakeMachine({
      ...kept.cluster,
      OWNER: "ours",
      KIND_CONFIG: "",
      NODE_IMAGE: "",
      HOST_PORTS: "",
    });
    const cluster = machine.environment;
    const { engine } = new FakeEngine({ ...kept, cluster });
    await expect(wholeCluster(engine)).rejects.toThrow("The cluster is gone: `npm run up` makes it anew.");
    machine.makingIsKilled();
    await expect(wholeCluster(engine)).rejects.toThrow(
      "The cluster is half-made: `npm run up` makes it anew.",
    );
    machine.run("ensure");
    expect(await wholeCluster(engine)).toEqual({ cluster, runs: true });
    machine.stop("watchtower");
    expect(await wholeCluster(engine)).toEqual({ cluster, runs: false });
    machine.remove();
  });
});

it.each([
  ["18.20.8", false],
  ["20.19.9", false],
  ["20.20.0", true],
  ["22.0.0", true],
])("Node %s is new enough: %s", (version, enough) => {
  const check = expect(() => checkNode(version));
  if (enough) check.not.toThrow();
  else check.toThrow(/too old: install Node 20\.20 or later \(https:\/\/nodejs\.org\), run `npm ci`/);
});
