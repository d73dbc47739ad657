import { pace } from "../../loadgen/pace";
import { SCENARIOS, type ScenarioName } from "../../loadgen/scenario";
import { Schedule } from "../../loadgen/schedule";
import { loadgen, row } from "../helpers/loadgen";
import { OtlpSink, type SinkSpan } from "../helpers/otlp-sink";

/** The clock of this thread, which nothing but the waiting of `pace` moves; the load generator's own thread has another. */
let clockMs = 0;
jest.mock("node:timers/promises", () => ({
  setImmediate: () => Promise.resolve(),
  setTimeout: (ms: number) => Promise.resolve(void (clockMs += ms)),
}));

const THIRD_S = 0.6;
const ERROR = 2;

/** The spans of one kind, of the requests that were due in each third of the run. */
type Thirds = [SinkSpan[], SinkSpan[], SinkSpan[]];

/**
 * Runs a scenario. Every trace is written as its request ends and, however late a slow machine is, one after the other as they
 * are due: a root's place among all tells which third it belongs to.
 */
async function thirdsOf(
  scenario: ScenarioName,
  rate: number,
  isWanted: (span: SinkSpan) => boolean,
): Promise<Thirds> {
  const sink = await OtlpSink.start();
  const argv = ["--scenario", scenario, "--rate", `${rate}`, "--duration", `${3 * THIRD_S}s`, "--seed", "5"];
  const { code } = await loadgen([...sink.optionsFor("grpc"), ...argv]);
  sink.stop();
  expect(code).toBe(0);
  const usual = rate * THIRD_S;
  const ends = [usual, usual * (1 + SCENARIOS[scenario].rateFactor), Infinity];
  const roots = sink.spans.filter(isRoot).sort((a, b) => Number(a.end - b.end));
  const thirdOf = new Map(roots.map(({ traceId }, place) => [traceId, ends.findIndex((end) => place < end)]));
  const thirds: Thirds = [[], [], []];
  for (const span of sink.spans.filter(isWanted)) thirds[thirdOf.get(span.traceId) ?? 0]?.push(span);
  return thirds;
}

const isRoot = (span: SinkSpan) => !span.parentId;
const isProviderCall = (span: SinkSpan) => "rpc.system.name" in span.attributes;
const failingShare = (roots: SinkSpan[]) =>
  roots.filter((root) => root.status.code === ERROR).length / roots.length;

function medianMs(spans: SinkSpan[]): number {
  const durations = spans.map(({ start, end }) => Number(end - start) / 1e6).sort((a, b) => a - b);
  return durations[Math.floor(durations.length / 2)] ?? 0;
}

describe("a scenario", () => {
  it("steady: nothing happens in the middle", async () => {
    const [before, during, after] = await thirdsOf("steady", 200, isProviderCall);
    for (const third of [before, after]) {
      expect(medianMs(during)).toBeGreaterThan(0.5 * medianMs(third));
      expect(medianMs(during)).toBeLessThan(2 * medianMs(third));
    }
    expect(failingShare(during)).toBeLessThan(0.2);
  });

  // Of requests that are due in the last moment, a slow machine leaves some out.
  it.each([
    ["steady", 40, 72],
    ["spike", 40, 24 + 120 + 24],
  ] as const)("%s: makes as many requests as its thirds have", async (scenario, rate, requests) => {
    const thirds = await thirdsOf(scenario, rate, isRoot);
    const made = thirds.flat().length;
    expect(made).toBeGreaterThan(0.9 * requests);
    expect(made).toBeLessThanOrEqual(requests);
    expect(failingShare(thirds.flat())).toBeLessThan(0.2);
  });

  it("outage: in the middle nearly all requests fail, of the payment provider", async () => {
    const [before, during, after] = await thirdsOf("outage", 200, isRoot);
    expect(failingShare(during)).toBeGreaterThan(0.7);
    expect(failingShare(before)).toBeLessThan(0.2);
    expect(failingShare(after)).toBeLessThan(0.25);
  });

  it("slow-payments: in the middle the provider takes ten times as long, and nothing fails of it", async () => {
    const [before, during, after] = await thirdsOf("slow-payments", 200, isProviderCall);
    expect(medianMs(during)).toBeGreaterThan(5 * medianMs(before));
    expect(medianMs(during)).toBeGreaterThan(5 * medianMs(after));
    expect(failingShare(during)).toBeLessThan(0.2);
  });
});

describe("the requests of each third", () => {
  beforeEach(() => void jest.spyOn(performance, "now").mockImplementation(() => clockMs));
  afterEach(() => void jest.restoreAllMocks());

  it.each([
    ["steady", [120, 120, 120]],
    ["spike", [120, 600, 120]],
  ] as const)("%s: are made within it", async (scenario, wanted) => {
    const schedule = new Schedule({
      rate: 200,
      durationMs: 3_000 * THIRD_S,
      eventFactor: SCENARIOS[scenario].rateFactor,
    });
    const [start, made] = [clockMs, [0, 0, 0]];
    await pace({ schedule, durationMs: 3_000 * THIRD_S, stop: new AbortController().signal }, () => {
      made[Math.min(Math.floor((clockMs - start) / 1_000 / THIRD_S), 2)]! += 1;
    });
    made.forEach((count, third) => expect(Math.abs(count - wanted[third]!)).toBeLessThanOrEqual(6)); // a tick's worth
  });
});

describe("--concurrency", () => {
  it("bounds the requests in flight, and so the rate, which the summary says", async () => {
    const sink = await OtlpSink.start();
    const argv = ["--concurrency", "2", "--rate", "500", "--duration", "1s", "--seed", "1", "--errors", "0"];
    const { code, out } = await loadgen([...sink.optionsFor("grpc"), ...argv]);
    sink.stop();
    expect(code).toBe(0);
    expect(out).toMatch(/NOT held .*--concurrency 2 leaves room for no more/);
    expect(row(out, "spans").sent).toBeLessThan(9 * 200);
  });
});
