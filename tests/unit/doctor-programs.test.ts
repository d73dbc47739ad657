import * as fs from "node:fs";
import * as path from "node:path";
import { lookAtAll } from "../../scripts/doctor/check";
import type { Facts } from "../../scripts/doctor/facts";
import { PROGRAMS } from "../../scripts/doctor/programs";
import { factsWith, is } from "../helpers/fake-facts";
import { OwnPath } from "../helpers/own-path";

const own = new OwnPath();

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
    own.install("kind", "kind v0.33.0 go1.26.8 linux/amd64");
    own.install("kubectl", "Client Version: v1.34.4");
    own.install("helm", "v4.0.1+g1234567");
    pulumi(plugIns);
  });
  /** It says its version, or which plug-ins it has. */
  function pulumi(has: { name: string; version: string }[]): void {
    const list = JSON.stringify(has.map((one) => ({ kind: "resource", ...one })));
    const script = `case "$1" in version) echo v3.259.0 ;; plugin) echo '${list}' ;; esac`;
    own.write("pulumi", script);
  }

  it("that are all there are ok", async () => {
    expect((await look()).map(({ name, state, saw }) => [name, state, saw])).toEqual([
      ["pulumi", "ok", "3.259.0, as pinned"],
      ["kind", "ok", "0.33.0, as pinned"],
      ["Pulumi's plug-ins", "ok", plugIns.map(({ name, version }) => `${name} ${version}`).join(", ")],
      ["kubectl", "ok", "1.34.4"],
      ["helm", "ok", "4.0.1"],
    ]);
  });

  it("of the user's own will do when they are new enough, and are told", async () => {
    own.install("kind", "kind v0.31.0");
    const tool: Facts["tool"] = (name) => Promise.resolve({ name, version: "0.31.0", ours: false });
    expect((await look({ tool }))[1]).toMatchObject({
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
      const [, kind] = await lookAtAll(PROGRAMS, facts);
      expect(kind).toMatchObject({ state: "wrong", saw: `${why}; 0.33.0 is pinned` });
      await kind!.fix!.act(() => undefined);
      expect(facts.mended).toEqual([["fetchTool", "kind"]]);
    },
  );

  it("are wrong where ours does not run, and the fix fetches it anew", async () => {
    own.remove("kind");
    const facts = factsWith();
    const [, kind] = await lookAtAll(PROGRAMS, facts);
    expect(kind).toMatchObject({
      state: "wrong",
      saw: expect.stringMatching(/kind-0\.33\.0 holds one that does not run$/) as string,
    });
    await kind!.fix!.act(() => undefined);
    expect(facts.mended).toEqual([["fetchTool", "kind"]]);
  });

  it.each(["kubectl", "helm"])("without %s are no fault, as only the docs teach with it", async (name) => {
    own.remove(name);
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
      for (const { name } of plugIns) own.install(`pulumi-resource-${name}`, "");
      expect((await missing()).found.state).toBe("ok");
    });

    it("are not called ok without a Pulumi to ask", async () => {
      const found = await look({ tool: is({ why: "is missing" }) });
      expect(found.find(({ name }) => name === "Pulumi's plug-ins")?.state).toBe("warn");
    });
  });
});
