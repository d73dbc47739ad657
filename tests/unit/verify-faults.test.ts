import { run } from "../../scripts/verify/run";
import { FakeStack } from "../helpers/fake-stack";
import { Memory, verifyAgainst as verify } from "../helpers/fake-verify";

describe("what keeps verify from a result is one sentence on stderr", () => {
  let fake: FakeStack;
  beforeEach(async () => (fake = await FakeStack.start()));
  afterEach(() => fake.stop());

  const nothingWasSent = () =>
    expect([fake.sink.spans.length, fake.logs.length, fake.metrics.length]).toEqual([0, 0, 0]);

  it("for a wrong password, before anything is sent", async () => {
    const grafana = { ...fake.stack.grafana, password: "wrong" };
    const { code, err } = await verify(fake, [], { grafana });
    expect(err).toBe(
      `verify: Grafana at ${grafana.url} refuses the stack's own password (401), so it was changed in Grafana: ` +
        "set a new one with `pulumi config set --secret grafanaAdminPassword …`, and `npm run up` makes it Grafana's.\n",
    );
    expect(code).toBe(1);
    nothingWasSent();
  });

  it("for a Grafana that does not answer", async () => {
    fake.grafana.stop();
    const { code, err } = await verify(fake);
    expect(err).toMatch(
      /^verify: Grafana does not answer at http:\S+ \(ECONNREFUSED\): `npm run status` names what brings it back\.\n$/,
    );
    expect(code).toBe(1);
    nothingWasSent();
  });

  it("for an existing cluster whose ports were not forwarded, with the commands", async () => {
    fake.grafana.stop();
    const portForward = ["kubectl port-forward service/grafana", "kubectl port-forward service/alloy"];
    const { err } = await verify(fake, [], { portForward });
    expect(err).toContain(
      "(ECONNREFUSED): on this cluster run `kubectl port-forward service/grafana` and " +
        "`kubectl port-forward service/alloy` first, each in a terminal of its own.\n",
    );
  });

  it("for a stack without Alloy or Grafana", async () => {
    const { code, err } = await verify(fake, [], { components: ["tempo", "alloy"], grafana: undefined });
    expect(err).toBe(
      "verify: This stack runs without grafana: `npm run up -- tempo alloy grafana` adds it.\n",
    );
    expect(code).toBe(1);
    const noAlloy = await verify(fake, [], { components: ["tempo", "grafana"], otlp: undefined });
    expect(noAlloy.err).toBe(
      "verify: This stack runs without alloy: `npm run up -- tempo grafana alloy` adds it.\n",
    );
  });

  it("for a stack that keeps nothing", async () => {
    const { code, err } = await verify(fake, [], {
      components: ["grafana", "alloy"],
      sumoDestination: "off",
    });
    expect(err).toMatch(/^verify: This stack keeps no signal: add .*\.\n$/);
    expect(code).toBe(1);
  });

  it("and in JSON for a machine", async () => {
    fake.grafana.stop();
    const { code, out } = await verify(fake, ["--json"]);
    expect(JSON.parse(out)).toEqual({
      ok: false,
      error: expect.stringContaining("Grafana does not answer") as string,
    });
    expect(code).toBe(1);
  });
});

describe("the options of verify", () => {
  async function start(...argv: string[]) {
    const [out, err] = [new Memory(), new Memory()];
    const neverFound = () => Promise.reject(new Error("looked for the stack"));
    return { code: await run(argv, { out, err, runningStack: neverFound }), out: out.text, err: err.text };
  }

  it.each([
    [["--timeout", "30"], '--timeout cannot be "30": it takes a time above 0 such as 500ms, 30s or 2m'],
    [["--timeout", "0s"], '--timeout cannot be "0s": it takes a time above 0'],
    [["--timeout", "-5s"], "'--timeout'"],
    [["--timeout"], "--timeout"],
    [["--stack", ""], '--stack cannot be ""'],
    [["--bogus"], "Unknown option '--bogus'"],
    [["--json=yes"], "--json"],
    [["stray"], "Unexpected argument 'stray'"],
  ])("refuse %j with exit code 2 and one sentence", async (argv, sentence) => {
    const { code, out, err } = await start(...argv);
    expect(err).toContain(sentence);
    expect(err).toMatch(/^verify: .*; `npm run verify -- --help` lists the options\.\n$/);
    expect([code, out]).toEqual([2, ""]);
  });

  it("explain themselves on --help, with the exit codes", async () => {
    const { code, out } = await start("--help");
    expect(out).toMatch(/--timeout .*--stack .*--json .*Exit code: 0 .*1 .*2 /s);
    expect(code).toBe(0);
  });

  it("name the stack to look for", async () => {
    const runningStack = jest.fn().mockRejectedValue(new Error("enough"));
    const around = { out: new Memory(), err: new Memory(), runningStack };
    await expect(run(["--stack", "prod"], around)).rejects.toThrow("enough");
    expect(runningStack).toHaveBeenCalledWith("prod");
  });
});
