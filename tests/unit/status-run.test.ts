import { Fault } from "../../scripts/lib/fault";
import { parseOptions } from "../../scripts/status/options";
import { run } from "../../scripts/status/run";
import { FakeStatus } from "../helpers/fake-status";
import { Memory } from "../helpers/memory";

describe("the options of status", () => {
  const read = (...argv: string[]) => parseOptions(argv);

  it("are to look once, or again and again, every 5 s or as often as is said", () => {
    expect(read()).toEqual({ options: { watchEveryMs: undefined, stack: undefined, json: false } });
    expect(read("--watch")).toMatchObject({ options: { watchEveryMs: 5_000 } });
    expect(read("--watch", "2", "--json")).toMatchObject({ options: { watchEveryMs: 2_000, json: true } });
    expect(read("--watch", "--json")).toMatchObject({ options: { watchEveryMs: 5_000, json: true } });
  });

  it.each([
    [["--watch", "0"], '--watch cannot be "0": it takes a whole number above 0'],
    [["--watch", "soon"], '--watch cannot be "soon"'],
    [["--watch", "1", "2"], "Unexpected argument '2'"],
    [["5"], "Unexpected argument '5'"],
  ])("%j are refused in one sentence", (argv, what) => {
    const { fault } = read(...argv) as { fault: string };
    expect(fault).toContain(what);
    expect(fault).toMatch(/; `npm run status -- --help` lists the options\.$/);
  });
});

describe("a stack that cannot be looked at is one sentence and exit code 1", () => {
  let stack: FakeStatus;
  beforeEach(async () => {
    stack = await FakeStatus.start();
    stack.cluster.version = () => Promise.reject(new Error("ECONNREFUSED"));
  });
  afterEach(() => stack.stop());

  it.each<[string, string | undefined | Error, string]>([
    [
      "a stopped node",
      "exited",
      "The cluster is stopped (exited): `npm run resume` starts it, with all its data.",
    ],
    [
      "a paused node",
      "paused",
      "The cluster is stopped (paused): `npm run resume` starts it, with all its data.",
    ],
    ["no node", undefined, "The cluster is gone: `npm run up` makes it anew."],
    [
      "a node that runs",
      "running",
      "The cluster's API does not answer (ECONNREFUSED), though its node runs: it may be starting; if it stays so, `npm run doctor`.",
    ],
    [
      "no Docker",
      new Fault("Docker does not answer: start Docker."),
      "Docker does not answer: start Docker.",
    ],
  ])("for %s", async (_, node, sentence) => {
    stack.node = node;
    expect(await stack.run([])).toMatchObject({ code: 1, out: "", err: `status: ${sentence}\n` });
    const { code, out } = await stack.run(["--json"]);
    expect([code, JSON.parse(out)]).toEqual([1, { ok: false, error: sentence }]);
  });

  it("but not where only Docker cannot be asked", async () => {
    stack.cluster.version = () => Promise.resolve("v1.34.4");
    stack.node = new Fault("Docker does not let you in.");
    expect((await stack.run()).code).toBe(0);
  });

  it("for an existing cluster, of which Docker knows nothing", async () => {
    stack.node = new Fault("nobody is to ask Docker");
    expect(await stack.run([], { cluster: { kubeContext: "theirs" } })).toMatchObject({
      code: 1,
      err: "status: The cluster's API does not answer (ECONNREFUSED): is the cluster running?\n",
    });
  });

  it("for a stack that is not there", async () => {
    const [out, err] = [new Memory(), new Memory()];
    const findStack = () =>
      Promise.reject(new Fault("The stack is not up: run `npm run up`, then this again."));
    expect(await run([], { out, err, findStack })).toBe(1);
    expect(err.text).toBe("status: The stack is not up: run `npm run up`, then this again.\n");
  });
});

describe("on an existing cluster", () => {
  let stack: FakeStatus;
  const theirs = {
    cluster: { kubeContext: "theirs" },
    portForward: ["kubectl --context theirs port-forward a", "kubectl --context theirs port-forward b"],
  };
  beforeEach(async () => (stack = await FakeStatus.start()));
  afterEach(() => stack.stop());

  it("the whole stack can be well, and Docker is not asked for volumes", async () => {
    stack.cluster.folders = undefined;
    const { code, lines } = await stack.run(["--json"], theirs);
    expect(lines.filter(({ state }) => state !== "ok")).toEqual([]);
    expect(lines.find(({ area, name }) => area === "volumes" && name === "loki")?.saw).toBe(
      "2Gi; its use is not known",
    );
    expect([code, lines[0]!.name]).toEqual([0, "theirs"]);
  });

  it("addresses that nobody forwards are no fault, and told with the commands that do", async () => {
    stack.fake.stop();
    const { code, lines } = await stack.run(["--json"], theirs);
    const addresses = lines.filter(({ area }) => area === "addresses");
    expect(addresses.map(({ name, state }) => [name, state])).toEqual([
      ["Grafana", "warn"],
      ["OTLP gRPC", "warn"],
      ["OTLP HTTP", "warn"],
    ]);
    for (const { mend } of addresses)
      expect(mend).toBe(theirs.portForward.map((one) => `\`${one}\``).join(" and "));
    const asked = lines.filter(({ area, name }) => area === "parts" && /^(tempo|loki|mimir)$/.test(name));
    expect(asked.map(({ state }) => state)).toEqual(["warn", "warn", "warn"]);
    expect(code).toBe(0);
  });
});

describe("--watch", () => {
  let stack: FakeStatus;
  beforeEach(async () => (stack = await FakeStatus.start()));
  afterEach(() => stack.stop());

  it("looks again, with rates since the last look, one JSON document a line", async () => {
    stack.between = () => stack.comes();
    const { code, out } = await stack.run(["--watch", "1", "--json"], {}, 2);
    const looks = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { ok: boolean; lines: object[] });
    expect(looks).toHaveLength(2);
    expect(looks.map(({ ok }) => ok)).toEqual([true, true]);
    // Both the first look's readings and the second look's one: no second reading is waited for.
    const pages = stack.cluster.asked.filter((page) => page.endsWith("alloy:12345/metrics"));
    expect(pages).toHaveLength(3);
    expect(code).toBe(0);
  });

  it("goes on where there is nothing to look at, and sees it come back", async () => {
    stack.beforeLook = (nth) => (stack.node = nth === 1 ? "exited" : "running");
    const { code, out, err } = await stack.run(["--watch", "1"], {}, 2);
    expect(out).toMatch(/The cluster is stopped \(exited\).*All is well\./s);
    expect([code, err]).toEqual([0, ""]);
  });
});
