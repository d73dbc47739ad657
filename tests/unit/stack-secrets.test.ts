import { createHash } from "node:crypto";
import { ofType, record, type Recording } from "../../scripts/lib/record";
import { object } from "../../scripts/lib/recorded";
import { isRecord } from "../../settings/raw";

const TOKEN = "ZaVnC4dhaV1-endpoint-token";
const HEADER = "header-value-5b2c";
const ACCESS = "access-key-7c1e";
const PASSWORD = "password-9f3a";
const KUBECONFIG = "kubeconfig of a cluster that is not there"; // made up by `record`
const DRAWN = "a-password-drawn-at-random"; // made up by `record`

const settings = {
  sumoEndpoint: `https://sumo.example/receiver/v1/otlp/${TOKEN}`,
  sumoHeaders: JSON.stringify({ "X-Sumo-Category": HEADER, "X-Sumo-Name": "laptop" }),
  sumoApi: JSON.stringify({
    ...{ endpoint: "https://api.sumologic.com", scope: "_source=laptop" },
    ...{ accessId: ACCESS, accessKey: ACCESS },
  }),
  grafanaAdminPassword: PASSWORD,
};
const secretKeys = Object.keys(settings);

/** A value without what is marked secret in it. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  if (Object.keys(value).join() === "secret") return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** Names of the resources that carry a text in what they ask for, marked secret or not. */
function carriers({ resources }: Recording, text: string): string[] {
  return resources.filter(({ inputs }) => JSON.stringify(inputs).includes(text)).map((r) => r.name);
}

/** Everything of a run that a state file or a terminal would show. */
function shown({ resources, outputs, warnings }: Recording): string {
  return JSON.stringify(plain({ resources, outputs, warnings }));
}

const credentials = (recording: Recording) =>
  (object(recording, "Secret", "sumo-credentials")!.inputs.stringData as { secret: Record<string, string> })
    .secret;

describe.each([
  ["dual", settings, secretKeys],
  ["off", { ...settings, sumoEnabled: "false" }, secretKeys],
  ["on an existing cluster", { ...settings, kubeContext: "mine" }, secretKeys],
])("a stack with secrets (%s)", (_, config, secretKeys) => {
  let recording: Recording;
  beforeAll(async () => {
    recording = await record(config, secretKeys);
  });

  it.each([
    ["the endpoint", TOKEN, "alloy-sumo-credentials"],
    ["a header", HEADER, "alloy-sumo-credentials"],
    ["Grafana's password", PASSWORD, "grafana-admin"],
  ])("has %s in one Secret and nowhere else", (_, text, secret) => {
    expect(carriers(recording, text)).toEqual([secret]);
  });

  it.each([
    ["the endpoint", TOKEN],
    ["a header", HEADER],
    ["the access to Sumo's API", ACCESS],
    ["Grafana's password", PASSWORD],
    ["the kubeconfig", KUBECONFIG],
  ])("shows %s in no plain text", (_, text) => {
    expect(shown(recording)).not.toContain(text);
  });

  it("knows a changed password by a digest that is nowhere in plain text", () => {
    const digest = createHash("sha256").update(PASSWORD).digest("hex");
    expect(carriers(recording, digest)).toEqual(["grafana-password-version"]);
    expect(shown(recording)).not.toContain(digest);
  });

  it("remembers the first version of the password, whatever comes later", () => {
    const byName = (name: string) => recording.resources.find((r) => r.name === `grafana-password-${name}`)!;
    expect(byName("first-version").ignoreChanges).toEqual(["keepers"]);
    expect(byName("version").ignoreChanges).toEqual([]);
  });

  it("has the access to Sumo's API nowhere: nothing that is made asks it", () => {
    expect(carriers(recording, ACCESS)).toEqual([]);
    expect(JSON.stringify(recording.outputs)).not.toContain(ACCESS);
  });

  it("gives the password out, encrypted", () => {
    expect(recording.outputs.grafanaPassword).toEqual({ secret: PASSWORD });
  });
});

describe("the kubeconfig", () => {
  it("is in the provider and the outputs, encrypted", async () => {
    const recording = await record();
    expect(carriers(recording, KUBECONFIG)).toEqual(["watchtower-provider"]);
    expect(recording.outputs.kubeconfig).toEqual({ secret: KUBECONFIG });
    expect(shown(recording)).not.toContain(KUBECONFIG);
  });

  it("is encrypted in the state and not logged by the command that prints it", async () => {
    const [command] = ofType(await record(), "command:local:Command");
    expect(command!.secretOutputs).toContain("stdout");
    expect(["none", "stderr"]).toContain(command!.inputs.logging);
    expect(command!.inputs.addPreviousOutputInEnv).toBe(false);
  });
});

describe("a password that is drawn", () => {
  it("is in Grafana's Secret and the outputs, encrypted", async () => {
    const recording = await record();
    expect(carriers(recording, DRAWN)).toEqual(["grafana-admin"]);
    expect(recording.outputs.grafanaPassword).toEqual({ secret: DRAWN });
    expect(shown(recording)).not.toContain(DRAWN);
  });

  it("is drawn only when none is set", async () => {
    const given = await record(settings, secretKeys);
    expect(given.resources.filter((r) => r.type.endsWith(":RandomPassword"))).toEqual([]);
  });
});

describe("the password that everybody knows", () => {
  it("is given out encrypted all the same", async () => {
    const { outputs } = await record({ grafanaAdminPassword: "watchtower" });
    expect(outputs.grafanaPassword).toEqual({ secret: "watchtower" });
  });
});

describe("Secret sumo-credentials", () => {
  it("holds the endpoint as exporters want it, without a slash at its end", async () => {
    const recording = await record({ sumoEndpoint: `${settings.sumoEndpoint}//` }, ["sumoEndpoint"]);
    expect(credentials(recording).endpoint).toBe(settings.sumoEndpoint);
  });

  it("holds the headers as JSON, and an empty object when there are none", async () => {
    const { "headers.json": headers } = credentials(await record(settings, secretKeys));
    expect(JSON.parse(headers!)).toEqual(JSON.parse(settings.sumoHeaders));
    expect(credentials(await record())["headers.json"]).toBe("{}");
  });

  it("keeps the endpoint while the second write is off", async () => {
    const recording = await record({ ...settings, sumoEnabled: "false" }, secretKeys);
    expect(credentials(recording).endpoint).toBe(settings.sumoEndpoint);
  });

  it("points at the stand-in while there is no endpoint, and at nothing while it is off as well", async () => {
    expect(credentials(await record()).endpoint).toMatch(/^http:\/\/sumo-stand-in\.watchtower\.svc:4318\//);
    expect(credentials(await record({ sumoEnabled: "false" })).endpoint).toBe("");
  });
});
