import { findStack, type Finished, howToReach } from "../../scripts/lib/stack";

const OUTPUTS = {
  components: ["tempo", "loki", "mimir", "grafana", "alloy"],
  namespace: "watchtower",
  sumoDestination: "stand-in",
  grafanaUrl: "http://localhost:3000",
  grafanaUser: "admin",
  grafanaPassword: "secret",
  otlpGrpcEndpoint: "localhost:4317",
  otlpHttpEndpoint: "http://localhost:4318",
  kubeconfig: "apiVersion: v1",
};

function find(answer: Partial<Finished>, name?: string) {
  return findStack(name, () => Promise.resolve({ code: 0, stdout: "", stderr: "", ...answer }));
}

const withOutputs = (outputs: object) => find({ stdout: JSON.stringify(outputs) });

describe("the stack", () => {
  it("is what its outputs say", async () => {
    expect(await withOutputs(OUTPUTS)).toEqual({
      components: OUTPUTS.components,
      namespace: "watchtower",
      sumoDestination: "stand-in",
      grafana: { url: "http://localhost:3000", user: "admin", password: "secret" },
      otlp: { grpc: "localhost:4317", http: "http://localhost:4318" },
      cluster: { kubeconfig: "apiVersion: v1" },
      portForward: [],
    });
  });

  it("has no Grafana and no OTLP when their components are out", async () => {
    const stack = await withOutputs({
      components: ["tempo"],
      namespace: "watchtower",
      sumoDestination: "off",
      kubeconfig: "",
    });
    expect([stack.grafana, stack.otlp]).toEqual([undefined, undefined]);
  });

  it("on an existing cluster has its context and the commands that make it reachable", async () => {
    const stack = await withOutputs({
      ...OUTPUTS,
      kubeconfig: undefined,
      kubeContext: "prod",
      portForward: ["forward a", "forward b"],
    });
    expect(stack.cluster).toEqual({ kubeContext: "prod" });
    expect(howToReach(stack)).toContain("`forward a` and `forward b`");
  });

  it("is asked for by name when one is given, with its secrets", async () => {
    const run = jest.fn().mockResolvedValue({ code: 0, stdout: JSON.stringify(OUTPUTS), stderr: "" });
    await findStack("prod", run);
    await findStack(undefined, run);
    expect(run.mock.calls).toEqual([
      [["stack", "output", "--json", "--show-secrets", "--stack", "prod"]],
      [["stack", "output", "--json", "--show-secrets"]],
    ]);
  });
});

describe("a stack that cannot be found is one sentence with the way out", () => {
  it.each<[string, Partial<Finished>, RegExp]>([
    ["no CLI", { code: undefined }, /^The Pulumi CLI is missing: `npm run up` puts it in place\.$/],
    [
      "no stack selected",
      { code: 255, stderr: "error: no stack selected; please use `pulumi stack select` to choose one\n" },
      /^No stack is selected: choose one with `pulumi stack select`, .*`npm run up`; .*`npm run doctor`/,
    ],
    [
      "an unknown stack",
      { code: 255, stderr: "error: no stack named 'prod' found\n" },
      /^no stack named 'prod' found: `pulumi stack ls` /,
    ],
    [
      "no passphrase",
      {
        code: 255,
        stderr:
          "error: could not create secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
      },
      /^The stack's secrets are locked, .*`export PULUMI_CONFIG_PASSPHRASE=…`/,
    ],
    [
      "a wrong passphrase",
      { code: 255, stderr: "error: incorrect passphrase" },
      /^The passphrase in use is not the one of this stack: `export PULUMI_CONFIG_PASSPHRASE=/,
    ],
    [
      "no login",
      {
        code: 255,
        stderr: "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
      },
      /run `pulumi login`/,
    ],
    [
      "anything else",
      { code: 255, stderr: "warning: old CLI\nerror: the disk is on fire.\n" },
      /^Pulumi failed: the disk is on fire\.$/,
    ],
    ["a stack never brought up", { stdout: "{}" }, /^The stack is not up: run `npm run up`/],
  ])("for %s", async (_case, answer, sentence) => {
    await expect(find(answer)).rejects.toThrow(sentence);
  });

  it.each([
    "components",
    "namespace",
    "sumoDestination",
    "grafanaPassword",
    "otlpGrpcEndpoint",
    "kubeconfig",
  ])("for a missing output %s", async (output) => {
    await expect(withOutputs({ ...OUTPUTS, [output]: undefined })).rejects.toThrow(
      `The stack has no output ${output}, so it was not made to its end: run \`npm run up\`.`,
    );
  });
});
