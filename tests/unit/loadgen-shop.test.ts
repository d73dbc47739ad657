import type { PlannedSpan } from "../../loadgen/plan";
import { Random } from "../../loadgen/random";
import { planRequest } from "../../loadgen/request";
import { conditionsOf, type ScenarioName } from "../../loadgen/scenario";
import { loadgen } from "../helpers/loadgen";
import { OtlpSink } from "../helpers/otlp-sink";

function draw(count: number, errorShare: number, seed = 1): PlannedSpan[] {
  const random = new Random(seed);
  const { usual } = conditionsOf("steady", errorShare);
  return Array.from({ length: count }, () => planRequest(random, usual));
}

function percentile(requests: PlannedSpan[], share: number): number {
  const sorted = requests.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}

const failing = (requests: PlannedSpan[]) => requests.filter(({ failed }) => failed).length / requests.length;

describe("the shop's requests", () => {
  it("have a rare slow path, which p99 sees and p95 does not", () => {
    const requests = draw(5_000, 0);
    expect(percentile(requests, 0.95)).toBeLessThan(3 * percentile(requests, 0.5) + 60);
    expect(percentile(requests, 0.99)).toBeGreaterThan(3 * percentile(requests, 0.95));
  });

  it.each([0, 0.05, 0.5, 1])("fail as often as asked, over all routes: %d", (share) => {
    const deviation = Math.sqrt((share * (1 - share)) / 5_000);
    expect(Math.abs(failing(draw(5_000, share)) - share)).toBeLessThanOrEqual(3 * deviation);
  });

  it("differ by route in latency and errors", () => {
    const requests = draw(5_000, 0.05);
    const route = (name: string) => requests.filter((request) => request.name === name);
    expect(percentile(route("POST /orders"), 0.5)).toBeGreaterThan(
      2.5 * percentile(route("GET /orders/{order_id}"), 0.5),
    );
    expect(percentile(route("GET /products"), 0.5)).toBeGreaterThan(
      1.2 * percentile(route("GET /orders/{order_id}"), 0.5),
    );
    expect(failing(route("POST /orders"))).toBeGreaterThan(2 * failing(route("GET /orders/{order_id}")));
    expect(failing(route("GET /products"))).toBeLessThan(0.04);
  });
});

describe("the seed", () => {
  it("fixes every latency", () => {
    expect(draw(50, 0.1, 42)).toEqual(draw(50, 0.1, 42));
    expect(draw(50, 0.1, 42)).not.toEqual(draw(50, 0.1, 43));
  });

  const sent = async (seed: string, scenario: ScenarioName = "steady") => {
    const sink = await OtlpSink.start();
    const argv = ["--requests", "60", "--rate", "600", "--signals", "traces", "--scenario", scenario];
    await loadgen([...sink.optionsFor("grpc"), ...argv, "--seed", seed]);
    sink.stop();
    return {
      shape: sink.spans.map(({ name, status, attributes }) => ({ name, status, attributes })),
      ids: sink.spans.map(({ traceId }) => traceId),
    };
  };

  it.each(["steady", "outage"] as const)("fixes what is sent, but not its ids: %s", async (scenario) => {
    const [one, two, other] = [
      await sent("42", scenario),
      await sent("42", scenario),
      await sent("43", scenario),
    ];
    expect(one.shape).toHaveLength(540);
    expect(two.shape).toEqual(one.shape);
    expect(other.shape).not.toEqual(one.shape);
    expect(two.ids.filter((id) => one.ids.includes(id))).toEqual([]); // or two runs became one trace
  });
});
