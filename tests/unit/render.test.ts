import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import type { ReleaseInputs } from "../../scripts/lib/recorded";
import type { Template } from "../../scripts/render/helm";
import { run, withoutSecrets } from "../../scripts/render/run";
import { folder, Memory, stackFile } from "../helpers/plan-run";
import { RELEASES } from "../helpers/releases";

async function render(...argv: string[]) {
  const [out, err] = [new Memory(), new Memory()];
  const asked: ReleaseInputs[] = [];
  const template: Template = (release) => {
    asked.push(release);
    return Promise.resolve(`---\nkind: Made\nname: ${release.name}\n---\nkind: Other\n\n`);
  };
  const code = await run(argv, { out, err, folder, template });
  return { code, out: out.text, err: err.text, asked };
}

const written = (...steps: string[]) => fs.readFileSync(path.join(folder, "rendered", ...steps), "utf8");

beforeEach(() => stackFile("local", { "watchtower:grafanaAdminPassword": "watchtower" }));

it("renders every release as the program asks for it, and writes its manifest and the values it gets", async () => {
  const { code, out, asked } = await render();
  expect(fs.readdirSync(path.join(folder, "rendered")).sort()).toEqual([...RELEASES].sort());
  const loki = asked.find(({ name }) => name === "loki")!;
  expect(loki).toMatchObject({
    chart: "loki",
    namespace: "watchtower",
    version: expect.any(String) as string,
  });
  expect(parse(written("loki", "values.yaml"))).toEqual(loki.values);
  expect(written("loki", "manifest.yaml")).toBe("---\nkind: Made\nname: loki\n---\nkind: Other\n\n");
  expect(out).toContain("rendered/loki/manifest.yaml  2 objects\n");
  expect(code).toBe(0);
});

it("goes by the settings of the stack that is named", async () => {
  stackFile("small", { "watchtower:components": ["tempo"], "watchtower:retention": { traces: "48h" } });
  const { asked } = await render("--stack", "small");
  expect(asked.map(({ name }) => name)).toEqual(["tempo"]);
  expect(JSON.stringify(asked[0]!.values)).toContain("48h");
});

it("leaves nothing of an earlier run", async () => {
  await render();
  stackFile("local", { "watchtower:components": ["loki"] });
  await render();
  expect(fs.readdirSync(path.join(folder, "rendered"))).toEqual(["loki"]);
});

it("leaves what somebody else keeps there", async () => {
  const notes = path.join(folder, "rendered/charts/tempo/Chart.yaml");
  fs.mkdirSync(path.dirname(notes), { recursive: true });
  fs.writeFileSync(notes, "name: tempo\n");
  await render();
  expect(fs.readFileSync(notes, "utf8")).toBe("name: tempo\n");
});

it("goes by the stack of PULUMI_STACK where none is named", async () => {
  stackFile("small", { "watchtower:components": ["tempo"] });
  process.env.PULUMI_STACK = "me/watchtower/small";
  expect((await render()).asked.map(({ name }) => name)).toEqual(["tempo"]);
  expect((await render("--stack", "local")).asked).toHaveLength(RELEASES.length);
  process.env.PULUMI_STACK = ""; // none to Pulumi, too
  expect((await render()).asked).toHaveLength(RELEASES.length);
});

it("writes no secret, nor what stands for it", async () => {
  const token = "sumo-token-51f0";
  stackFile("local", {
    "watchtower:grafanaAdminPassword": { secure: "hush-hush" },
    "watchtower:sumoEndpoint": { secure: token },
    "watchtower:sumoHeaders": { "X-Sumo-Category": { secure: token } },
  });
  const { out } = await render();
  expect(out).toContain("Mind: sumoEndpoint is encrypted");
  for (const release of fs.readdirSync(path.join(folder, "rendered")))
    for (const file of ["manifest.yaml", "values.yaml"])
      expect(written(release, file)).not.toMatch(/hush-hush|sumo-token|made-up/);
});

it("puts a mark in place of a value that is secret", () => {
  expect(withoutSecrets({ a: [{ key: { secret: "x" } }], b: { secret: { c: 1 } }, secretName: "s" })).toEqual(
    {
      a: [{ key: "<secret>" }],
      b: "<secret>",
      secretName: "s",
    },
  );
});

it("writes nothing when a setting cannot be used", async () => {
  stackFile("local", { "watchtower:components": ["prometheus"] });
  const { code, err } = await render();
  expect(err).toContain("prometheus");
  expect(code).toBe(1);
  expect(fs.existsSync(path.join(folder, "rendered"))).toBe(false);
});
