import { parseOptions } from "../../scripts/e2e/options";
import { settings } from "../../scripts/e2e/bench";
import { runAll } from "../../scripts/e2e/run";
import type { Step } from "../../scripts/e2e/steps";

const step = (name: string, run: () => unknown): Step => ({ name, run: () => Promise.resolve().then(run) });

describe("the end-to-end test", () => {
  it("runs step by step, and tells the time of each and of all", async () => {
    const [told, order] = [[] as string[], [] as string[]];
    const steps = ["up", "down"].map((name) => step(name, () => order.push(name)));
    expect(await runAll(steps, undefined as never, (text) => told.push(text))).toBeUndefined();
    expect(order).toEqual(["up", "down"]);
    expect(told).toEqual([
      expect.stringMatching(/^ok +\d+\.\d s {2}up$/),
      expect.stringMatching(/^ok +\d+\.\d s {2}down$/),
      expect.stringMatching(/^passed +\d+\.\d s {2}all 2 steps$/),
    ]);
  });

  it("ends with the first step that fails, and hands on why", async () => {
    const told: string[] = [];
    const why = new Error("not green");
    const never = jest.fn();
    const steps = [
      step("verify", () => {
        throw why;
      }),
      step("down", never),
    ];
    expect(await runAll(steps, undefined as never, (text) => told.push(text))).toBe(why);
    expect(told).toEqual([expect.stringMatching(/^FAILED +\d+\.\d s {2}verify$/)]);
    expect(never).not.toHaveBeenCalled();
  });

  it("takes node image and charts from the environment, and users' own where it names none", () => {
    const given = settings({ WATCHTOWER_NODE_IMAGE: "lab/node:v1", WATCHTOWER_CHARTS: "/charts" });
    expect(given).toMatchObject({
      "watchtower:nodeImage": "lab/node:v1",
      "watchtower:charts": { mimir: { path: "/charts/mimir-distributed" }, tempo: { path: "/charts/tempo" } },
    });
    expect(Object.keys(settings({}))).toEqual(["watchtower:grafanaAdminPassword"]);
  });

  it("knows its options", () => {
    expect(parseOptions([])).toEqual({ options: { keep: false } });
    expect(parseOptions(["--keep"])).toEqual({ options: { keep: true } });
    expect(parseOptions(["--fast"])).toEqual({ fault: expect.stringContaining("'--fast'") as string });
  });
});
