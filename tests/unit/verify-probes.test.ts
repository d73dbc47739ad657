import { startLoad, type StartLoad } from "../../scripts/lib/load";
import { latenciesOf, type Probed } from "../../scripts/verify/probes";
import { FakeStack } from "../helpers/fake-stack";
import { IMPATIENT, verifyAgainst as verify } from "../helpers/fake-verify";
import { FakeWorld } from "../helpers/fake-world";
import { until } from "../helpers/until";

let fake: FakeStack;
beforeEach(async () => (fake = await FakeStack.start()));
afterEach(() => fake.stop());

const SLOW_MS = 30_000; // a process of its own, on a machine that may be busy

describe("--probes", () => {
  const told = (out: string) => JSON.parse(out) as Probed & { ok: boolean };

  it("sends as many of each, each under a mark of its own, and tells latencies of each signal and path", async () => {
    const { code, out } = await verify(fake, ["--probes", "4", "--no-load", "--json"]);
    const { ok, probes, latencies } = told(out);
    expect([code, ok, probes]).toEqual([0, true, 4]);
    expect(new Set(fake.sink.spans.map(({ traceId }) => traceId)).size).toBe(4);
    expect([fake.logs.length, fake.metrics.length]).toEqual([4, 4]);
    expect(latencies.map(({ signal, path }) => `${signal}, ${path}`).sort()).toEqual([
      "log record, local",
      "log record, second",
      "metric, local",
      "metric, second",
      "trace, local",
      "trace, second",
    ]);
    for (const { found, missing, p50Ms, p95Ms, maxMs } of latencies) {
      expect([found, missing]).toEqual([4, 0]);
      expect(p50Ms).toBeLessThanOrEqual(p95Ms!);
      expect(p95Ms).toBeLessThanOrEqual(maxMs!);
    }
  });

  it("run under a load that ends with them, which leaves the second path's counts out", async () => {
    const stop = jest.fn();
    const load: StartLoad = jest.fn((otlp, asked) => ({ ...new FakeWorld().startLoad(otlp, asked), stop }));
    const { code, lines } = await verify(fake, ["--probes", "2", "--rate", "30"], {}, { startLoad: load });
    expect(load).toHaveBeenCalledWith(fake.stack.otlp, { rate: 30, durationMs: 10_000 });
    expect(stop).toHaveBeenCalledTimes(1);
    expect(lines.filter((line) => / local .* 2 0 \d+ \d+ \d+$/.test(line))).toHaveLength(3);
    expect(lines.join("\n")).not.toContain("Sumo stand-in");
    expect(lines).toContain("Meanwhile: 40 requests at 30/s, 4 of them failing.");
    expect(lines.join("\n")).toContain("--no-load measures it");
    expect(code).toBe(0);
  });

  it("that are not found are counted, and exit 1", async () => {
    fake.lost.add("loki");
    const { code, out } = await verify(fake, [...IMPATIENT, "--probes", "2", "--no-load", "--json"]);
    const logs = told(out).latencies.find(({ signal, path }) => signal === "log record" && path === "local");
    expect(logs).toEqual({ signal: "log record", path: "local", place: "Loki", found: 0, missing: 2 });
    expect(code).toBe(1);
  });

  it("give p50, p95 and the maximum of those that were found", () => {
    const at = { signal: "trace", path: "local", place: "Tempo" } as const;
    const found = Array.from({ length: 20 }, (_, i) => ({ ...at, found: true, latencyMs: 20 - i }));
    expect(latenciesOf([...found, { ...at, found: false }])).toEqual([
      { ...at, found: 20, missing: 1, p50Ms: 10, p95Ms: 19, maxMs: 20 },
    ]);
  });
});

describe("options that do not go together", () => {
  it.each([
    [["--all", "--probes", "3"], "--all and --probes cannot go together"],
    [["--rate", "5"], "--rate belongs to the load of --all or --probes"],
    [["--all", "--no-load", "--rate", "5"], "--rate belongs to the load"],
    [["--probes", "3", "--duration", "5s"], "--duration belongs to the load of --all"],
    [["--no-load"], "--no-load belongs to --all or --probes"],
    [["--probes", "0"], '--probes cannot be "0": it takes a whole number above 0'],
    [["--all", "--rate", "some"], '--rate cannot be "some"'],
    [["--all", "--duration", "9"], '--duration cannot be "9": it takes a time above 0'],
  ])("are refused: %j", async (argv, sentence) => {
    const { code, err } = await verify(fake, argv);
    expect(err).toContain(sentence);
    expect(code).toBe(2);
  });
});

describe("the load", () => {
  it(
    "is the load generator's, as a program of its own that can be ended early",
    async () => {
      const running = startLoad(fake.stack.otlp, { rate: 20, durationMs: 60_000 });
      await running.begun;
      await until(
        () => fake.sink.spans.length > 0,
        () => "no span of the load",
        20_000,
      );
      running.stop();
      const { requests, rate, delivered } = await running.ended;
      expect(requests.made).toBeGreaterThan(0);
      expect(fake.sink.spans).toHaveLength(9 * requests.made);
      expect([rate.asked, delivered]).toEqual([20, true]);
    },
    SLOW_MS,
  );

  it(
    "that cannot be sent is one sentence",
    async () => {
      const { begun, ended } = startLoad({ grpc: "127.0.0.1:1", http: "" }, { rate: 1, durationMs: 100 });
      await expect(begun).rejects.toThrow(/^The load could not be sent: .*127\.0\.0\.1:1/);
      await expect(ended).rejects.toThrow("could not be sent");
    },
    SLOW_MS,
  );
});
