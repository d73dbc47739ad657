import type { SumoDestination } from "../../settings";
import { run } from "../../scripts/sumo/run";
import { lookAtTheirPaths } from "../../scripts/status/status";
import type { Options as UpOptions } from "../../scripts/up/options";
import type { Stack } from "../../scripts/lib/stack";
import { FakeStatus } from "../helpers/fake-status";
import { Memory } from "../helpers/memory";

let fake: FakeStatus;
afterEach(() => fake.stop());

async function sumo(destination: SumoDestination, argv: string[], changes: Partial<Stack> = {}) {
  const [out, err] = [new Memory(), new Memory()];
  const ups: UpOptions[] = [];
  const { reader, diskUse } = fake.cluster;
  const means = { reader, diskUse, containerStatus: () => Promise.resolve("running"), rateOverMs: 100 };
  const code = await run(argv, {
    out,
    err,
    runningStack: () => Promise.resolve({ ...fake.stack, sumoDestination: destination, ...changes }),
    pathsOf: (stack) => lookAtTheirPaths(stack, means),
    up: (options) => {
      ups.push(options);
      return Promise.resolve(0 as const);
    },
  });
  return { code, out: out.text, err: err.text, ups };
}

describe("npm run sumo on and off", () => {
  it.each([
    ["on", true],
    ["off", false],
  ])("%s sets sumoEnabled to %s and does what `npm run up` does", async (wish, sumoEnabled) => {
    fake = await FakeStatus.start();
    const { code, ups } = await sumo("stand-in", [wish, "--stack", "mine"]);
    expect(ups).toEqual([{ sumoEnabled, stack: "mine", verbose: false, json: false }]);
    expect(code).toBe(0);
  });
});

describe("npm run sumo status", () => {
  it("tells where it goes, that it is taken, and of each signal how", async () => {
    fake = await FakeStatus.start("sumo");
    const { code, out } = await sumo("sumo", ["status"]);
    expect(out).toMatch(/^The second write goes to Sumo Logic, and is taken\.\n/);
    expect(out.match(/^ok .*(traces|logs|metrics) → Sumo .*\/s, queue /gm)).toHaveLength(3);
    expect(out).not.toMatch(/Tempo|Loki|Mimir/);
    expect(code).toBe(0);
  });

  it("does not call it taking when nothing is to be sent", async () => {
    fake = await FakeStatus.start("stand-in");
    fake.between = () => undefined;
    const { code, out } = await sumo("stand-in", ["status"]);
    expect(out).toMatch(
      /^The second write goes to a stand-in .*, and nothing is to be sent at the moment\.\n/,
    );
    expect(code).toBe(0);
  });

  it("tells that it is not taken, whatever the local paths do", async () => {
    fake = await FakeStatus.start("sumo");
    fake.between = () => {
      fake.allIsSent(["tempo", "loki", "mimir"]);
      fake.exporters.get("sumo")!.failed = { spans: 5, log_records: 0, metric_points: 0 };
    };
    const { code, out } = await sumo("sumo", ["status"]);
    expect(out).toMatch(
      /^The second write goes to Sumo Logic, and is NOT taken as it should be\.\nWRONG +traces/,
    );
    expect(code).toBe(1);
  });

  it("is well while a local path is not", async () => {
    fake = await FakeStatus.start("sumo");
    fake.between = () => {
      fake.allIsSent(["sumo"]);
      fake.exporters.get("tempo")!.failed = { spans: 5, log_records: 0, metric_points: 0 };
    };
    expect(await sumo("sumo", ["status"])).toMatchObject({ code: 0 });
  });

  it("calls off what is off, and says so when Alloy has not heard of it yet", async () => {
    fake = await FakeStatus.start("off");
    expect(await sumo("off", ["status"])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^The second write is off\.\n/) as string,
    });
    fake.exporters.set("sumo", { name: "sumo" });
    expect(await sumo("off", ["status"])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^The second write is off, but Alloy still sends\.\n/) as string,
    });
  });
});

it("a stack without Alloy has no second write to speak of", async () => {
  fake = await FakeStatus.start("off", ["loki"]);
  const { code, err } = await sumo("off", ["status"]);
  expect(err).toBe("sumo: This stack runs without alloy: `npm run up -- loki alloy` adds it.\n");
  expect(code).toBe(1);
});

it("an Alloy that does not answer is told of in one sentence", async () => {
  fake = await FakeStatus.start("sumo");
  fake.cluster.broken.set("alloy metrics", "no answer within 2 s");
  const { code, out, err } = await sumo("sumo", ["status"]);
  expect(err).toBe(
    "sumo: Alloy does not tell how it does (no answer within 2 s): `npm run status` looks at all of it.\n",
  );
  expect([code, out]).toEqual([1, ""]);
});
