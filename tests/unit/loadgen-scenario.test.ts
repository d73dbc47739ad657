import { loadgen, row } from "../helpers/loadgen";
import { OtlpSink, type SinkSpan } from "../helpers/otlp-sink";

const RATE = 200;
const THIRD_S = 0.6;
const ERROR = 2;

/** The spans of one kind that began in each third of the run. */
type Thirds = [SinkSpan[], SinkSpan[], SinkSpan[]];

/** Runs a scenario; every trace is written as its request ends, so its root's end says which third it belongs to. */
async function thirdsOf(scenario: string, isWanted: (span: SinkSpan) => boolean): Promise<Thirds> {
  const sink = await OtlpSink.start();
  const argv = ["--scenario", scenario, "--rate", `${RATE}`, "--duration", `${3 * THIRD_S}s`, "--seed", "5"];
  const { code } = await loadgen([...sink.optionsFor("grpc"), ...argv]);
  sink.stop();
  expect(code).toBe(0);
  const roots = sink.spans.filter((span) => !span.parentId);
  const start = roots.reduce((first, { end }) => (end < first ? end : first), roots[0]?.end ?? 0n);
  const thirds: Thirds = [[], [], []];
  const thirdOf = new Map(
    roots.map(({ traceId, end }) => [traceId, Math.min(2, Math.floor(Number(end - start) / 1e9 / THIRD_S))]),
  );
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
    const [before, during, after] = await thirdsOf("steady", isRoot);
    for (const third of [before, during, after]) {
      expect(third.length).toBeGreaterThan(0.75 * RATE * THIRD_S);
      expect(third.length).toBeLessThan(1.25 * RATE * THIRD_S);
    }
    expect(failingShare(during)).toBeLessThan(0.2);
  });

  it("spike: the middle has five times the requests, and no more errors", async () => {
    const [before, during, after] = await thirdsOf("spike", isRoot);
    expect(during.length).toBeGreaterThan(3 * before.length);
    expect(during.length).toBeGreaterThan(3 * after.length);
    expect(failingShare(during)).toBeLessThan(0.2);
  });

  it("outage: in the middle nearly all requests fail, of the payment provider", async () => {
    const [before, during, after] = await thirdsOf("outage", isRoot);
    expect(failingShare(during)).toBeGreaterThan(0.7);
    expect(failingShare(before)).toBeLessThan(0.2);
    expect(failingShare(after)).toBeLessThan(0.25);
  });

  it("slow-payments: in the middle the provider takes ten times as long, and nothing fails of it", async () => {
    const [before, during, after] = await thirdsOf("slow-payments", isProviderCall);
    expect(medianMs(during)).toBeGreaterThan(5 * medianMs(before));
    expect(medianMs(during)).toBeGreaterThan(5 * medianMs(after));
    expect(failingShare(during)).toBeLessThan(0.2);
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
