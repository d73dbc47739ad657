import * as pulumi from "@pulumi/pulumi";
import { record } from "../../scripts/lib/record";
import { settingsWithSecrets } from "../../scripts/lib/settings";
import { readSettings } from "../../settings";
import { faultsOf, mended } from "../helpers/faults";

const KEY = "access-key-7c1e";
const API = {
  endpoint: "https://api.eu.sumologic.com",
  accessId: "su123",
  accessKey: KEY,
  scope: "_source=laptop",
};
const set = (changes: Record<string, unknown> = {}) => ({ sumoApi: JSON.stringify({ ...API, ...changes }) });
const SECRET = ["sumoApi"];

it.each([
  "https://api.sumologic.com",
  "https://api.us2.sumologic.com/",
  "http://127.0.0.1:8080",
  "http://10.1.2.3",
])("sumoApi may ask at %s", async (endpoint) =>
  expect(await faultsOf(set({ endpoint }), SECRET)).toEqual([]),
);

it.each<[Record<string, unknown>, string]>([
  [{ endpoint: undefined }, "sumoApi.endpoint is not one line of text"],
  [{ accessId: undefined }, "sumoApi.accessId is not one line of text"],
  [{ accessKey: undefined }, "sumoApi.accessKey is not one line of text"],
  [{ accessKey: `${KEY}\n` }, "sumoApi.accessKey is not one line of text"],
  [{ scope: "" }, "sumoApi.scope is not one line of text"],
  [{ scope: "_source=laptop | count" }, 'sumoApi.scope is "_source=laptop | count"'],
  [{ endpoint: "http://api.sumologic.com" }, 'sumoApi.endpoint is "http://api.sumologic.com/…"'],
  [
    { endpoint: `https://su123:${KEY}@api.sumologic.com` },
    'sumoApi.endpoint is "https://api.sumologic.com/…"',
  ],
  [{ endpoint: "https://api.sumologic.com/api/v1" }, 'sumoApi.endpoint is "https://api.sumologic.com/…"'],
  [{ endpoint: "api.sumologic.com" }, "sumoApi.endpoint is not a URL"],
  [{ deployment: "eu" }, 'sumoApi has "deployment"'],
])(
  "sumoApi with %j is told in one sentence, without its key, and mended by what it says",
  async (changes, what) => {
    const faults = await faultsOf(set(changes), SECRET);
    expect(faults).toEqual([expect.stringContaining(what)]);
    expect(faults[0]).not.toContain(KEY);
    expect(await faultsOf(...mended(set(changes), SECRET, faults[0]!))).toEqual([]);
  },
);

it("sumoApi is refused in plain text, without being repeated, and mended by what it says", async () => {
  const faults = await faultsOf(set());
  expect(faults).toEqual([
    expect.stringMatching(/^sumoApi is stored in plain text.*--secret sumoApi\.accessKey/),
  ]);
  expect(faults[0]).not.toContain(KEY);
  expect(await faultsOf(...mended(set(), [], faults[0]!))).toEqual([]);
});

it("sumoApi that is no object is refused, without a secret being shown", async () => {
  const faults = await faultsOf({ sumoApi: KEY }, SECRET);
  expect(faults).toEqual([expect.stringContaining("sumoApi is a single value")]);
  expect(await faultsOf(...mended({ sumoApi: KEY }, SECRET, faults[0]!))).toEqual([]);
});

it("what is secret of sumoApi is marked so where it is read", async () => {
  await record(set(), SECRET); // leaves the configuration to read
  const { sumoApi } = readSettings();
  for (const value of [sumoApi!.accessId, sumoApi!.accessKey])
    expect(await pulumi.isSecret(value)).toBe(true);
});

describe("the settings with their secrets", () => {
  const cli = (config: object) => {
    const asked: string[][] = [];
    const run = (args: string[]) => {
      asked.push(args);
      return Promise.resolve({ code: 0, stdout: JSON.stringify(config), stderr: "" });
    };
    return { asked, run };
  };

  it("are those that the CLI deciphers, of the stack that is named", async () => {
    const { asked, run } = cli({
      "watchtower:sumoApi": { value: JSON.stringify(API), objectValue: API, secret: true },
      "watchtower:sumoEnabled": { value: "false", secret: false },
      "aws:region": { value: "x", secret: false },
    });
    const { sumo, sumoApi } = await settingsWithSecrets("dev", run);
    expect(asked).toEqual([["config", "--json", "--show-secrets", "--stack", "dev"]]);
    expect(sumo.destination).toBe("off");
    expect(sumoApi).toMatchObject({ endpoint: API.endpoint, scope: API.scope });
    expect(await new Promise((resolve) => sumoApi!.accessKey.apply(resolve))).toBe(KEY);
  });

  it("are refused as by the program", async () => {
    const { run } = cli({ "watchtower:grafanaPort": { value: "99999", secret: false } });
    await expect(settingsWithSecrets(undefined, run)).rejects.toThrow(/grafanaPort is 99999/);
  });

  it.each([
    [
      { code: 255, stdout: "", stderr: "error: no stack named 'dev' found" },
      /no stack named 'dev' found: `pulumi stack ls`/,
    ],
    [{ code: undefined, stdout: "", stderr: "" }, /The Pulumi CLI is missing/],
  ])("are told of in one sentence where the CLI does not tell: %j", async (answer, why) => {
    await expect(settingsWithSecrets("dev", () => Promise.resolve(answer))).rejects.toThrow(why);
  });
});
