import { once } from "node:events";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { status } from "@grpc/grpc-js";
import { backoff } from "../../loadgen/backoff";
import { loadgen, row } from "../helpers/loadgen";
import { OtlpSink, type SinkSpan } from "../helpers/otlp-sink";

const SPANS_A_REQUEST = 9;

describe.each(["grpc", "http"])("delivery over %s", (protocol) => {
  let sink: OtlpSink;
  beforeEach(async () => {
    sink = await OtlpSink.start();
  });
  afterEach(() => sink.stop());

  const requests = (n: number) => [
    ...sink.optionsFor(protocol),
    "--requests",
    `${n}`,
    "--rate",
    "1000",
    "--seed",
    "1",
  ];

  it("ends well, with numbers that are the receiver's, when everything was taken", async () => {
    const { code, out } = await loadgen(requests(50));
    expect(code).toBe(0);
    const spans = 50 * SPANS_A_REQUEST;
    expect(row(out, "spans")).toEqual({ sent: spans, accepted: spans, rejected: 0, lost: 0, errors: 0 });
    expect(sink.spans).toHaveLength(spans);
    expect(row(out, "logs").accepted).toBe(sink.logs.length);
    expect(row(out, "points").accepted).toBe(sink.points.length);
    expect(out).toContain("All was delivered.");
  });

  it("sends only the chosen signals; logs keep their trace ids", async () => {
    const { code, out } = await loadgen([...requests(5), "--signals", "logs"]);
    expect(code).toBe(0);
    expect([sink.spans, sink.points]).toEqual([[], []]);
    expect(new Set(sink.logs.map((log) => log.traceId)).size).toBe(5);
    expect(out).not.toContain("spans");
  });

  it("ends with 1 and says what was lost when the receiver refuses", async () => {
    sink.answer = (signal, items) => (signal === "traces" && items > 0 ? "never" : undefined);
    const { code, out } = await loadgen(requests(10));
    expect(code).toBe(1);
    expect(row(out, "spans")).toEqual({ sent: 90, accepted: 0, rejected: 0, lost: 90, errors: 1 });
    expect(row(out, "logs")).toMatchObject({ accepted: sink.logs.length, lost: 0 });
    expect(out).toMatch(/NOT everything was delivered\.\n {2}spans: 90 not delivered: .*the sink says no/);
  });

  it("counts what a successful answer says was rejected", async () => {
    sink.answer = (signal, items) =>
      signal === "logs" && items > 0 ? { rejected: 3, reason: "too old" } : undefined;
    const { code, out } = await loadgen(requests(10));
    expect(code).toBe(1);
    expect(row(out, "logs")).toMatchObject({ accepted: sink.logs.length, rejected: 3, lost: 0 });
    expect(row(out, "spans")).toMatchObject({ accepted: 90, rejected: 0 });
    expect(out).toContain("too old");
  });

  it("loses nothing to an error that passes, and counts every attempt that failed", async () => {
    let refusals = 0;
    sink.answer = (signal, items) =>
      signal === "traces" && items > 0 && refusals++ < 2 ? "try later" : undefined;
    const { code, out } = await loadgen(requests(10));
    expect(code).toBe(0);
    expect(sink.spans).toHaveLength(90);
    expect(row(out, "spans")).toMatchObject({ accepted: 90, lost: 0, errors: 2 });
    expect(out).toContain("2 exports were tried again");
  }, 10_000);

  it("waits only so long for answers that do not come, and counts what has none as lost", async () => {
    sink.answer = (_signal, items) => (items > 0 ? "silence" : undefined);
    const { code, out, tookMs } = await loadgen(requests(10), { limits: { flushWithinMs: 300 } });
    expect(code).toBe(1);
    expect(tookMs).toBeLessThan(3_000);
    expect(row(out, "spans")).toMatchObject({ sent: 90, accepted: 0, rejected: 0, lost: 90 });
  });

  it("counts what a full queue turned away", async () => {
    sink.answer = (_signal, items) => (items > 0 ? "silence" : undefined);
    const { code, out } = await loadgen(requests(100), { limits: { flushWithinMs: 300, queueSize: 100 } });
    expect(code).toBe(1);
    // One batch under way without an answer, one queue full; nobody has room for the rest.
    expect(row(out, "spans")).toMatchObject({ sent: 900, accepted: 0, lost: 900 });
    expect(out).toContain("spans: 900 not delivered: 700 were dropped because the queue was full");
  });

  it("flushes everything when it is stopped", async () => {
    const { code, out, err } = await loadgen([...sink.optionsFor(protocol), "--rate", "100"], {
      stopAfterMs: 300,
    });
    expect(code).toBe(0);
    expect(err).toContain("Stopping");
    expect(sink.spans.length).toBeGreaterThan(0);
    expect(row(out, "spans").sent).toBe(sink.spans.length);
  });

  it("sends the headers with every export", async () => {
    sink.answer = (_signal, _items, headers) =>
      headers["authorization"] === "Bearer open sesame" ? undefined : "who are you";
    const { code } = await loadgen([...requests(5), "--headers", "Authorization=Bearer open%20sesame,x=1"]);
    expect(code).toBe(0);
    expect(sink.spans).toHaveLength(45);
  });

  it("says on one line of JSON what the table says", async () => {
    sink.answer = (signal, items) =>
      signal === "logs" && items > 0 ? { rejected: 3, reason: "too old" } : undefined;
    const { out } = await loadgen([...requests(10), "--json"]);
    expect(out.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(out)).toMatchObject({
      protocol,
      seed: 1,
      requests: { made: 10 },
      rate: { isHeld: true },
      signals: {
        traces: { sent: 90, accepted: 90, rejected: 0, lost: 0, errors: 0 },
        logs: { accepted: sink.logs.length, rejected: 3, lost: 0, reason: "too old" },
      },
      delivered: false,
    });
  });
});

it("a further attempt waits longer each time up to a bound, and none as long as another sender's", () => {
  const waitsOf = () => {
    const waits = backoff(2_000);
    return Array.from({ length: 6 }, () => waits.next().value);
  };
  const [ours, theirs] = [waitsOf(), waitsOf()];
  for (const [i, middle] of [500, 750, 1_125, 1_687.5, 2_000, 2_000].entries()) {
    expect(ours[i]).toBeGreaterThanOrEqual(0.8 * middle);
    expect(ours[i]).toBeLessThanOrEqual(1.2 * middle);
  }
  expect(ours).not.toEqual(theirs);
});

describe("the protocols", () => {
  it("deliver the same", async () => {
    const shapes = [];
    for (const protocol of ["grpc", "http"]) {
      const sink = await OtlpSink.start();
      await loadgen([...sink.optionsFor(protocol), "--requests", "20", "--rate", "1000", "--seed", "42"]);
      sink.stop();
      const shapeOf = ({ name, kind, status, attributes, events }: SinkSpan) => ({
        name,
        kind,
        status,
        attributes,
        events,
      });
      shapes.push({
        spans: sink.spans.map(shapeOf),
        logs: sink.logs.map(({ body, severity, attributes }) => ({ body, severity, attributes })),
        series: sink.points.map(({ metric, attributes, count }) => ({ metric, attributes, count })),
      });
    }
    expect(shapes[0]?.spans).toHaveLength(180);
    expect(shapes[1]).toEqual(shapes[0]);
  });
});

describe("over gRPC alone", () => {
  it("asks an exhausted receiver again only if that says when", async () => {
    const sink = await OtlpSink.start();
    const exhausted = { code: status.RESOURCE_EXHAUSTED };
    const retryInfo = "type.googleapis.com/google.rpc.RetryInfo";
    let told = 0;
    sink.answer = (signal, items) => {
      if (items === 0) return undefined;
      return signal === "logs" ? exhausted : told++ < 1 ? { ...exhausted, retryInfo } : undefined;
    };
    const argv = [
      "--endpoint",
      sink.address,
      "--requests",
      "10",
      "--rate",
      "1000",
      "--signals",
      "traces,logs",
    ];
    const { out } = await loadgen(argv);
    sink.stop();
    expect(row(out, "spans")).toMatchObject({ accepted: 90, lost: 0 });
    expect(row(out, "logs")).toMatchObject({ accepted: 0, lost: row(out, "logs").sent });
    expect(out).toContain("1 exports were tried again");
  });
});

describe("Ctrl-C", () => {
  it("flushes, as a program of its own", async () => {
    const sink = await OtlpSink.start();
    const argv = [
      "--import",
      "tsx",
      "loadgen/main.ts",
      "--endpoint",
      sink.address,
      "--rate",
      "50",
      "--quiet",
    ];
    const program = spawn("node", argv, { cwd: `${__dirname}/../..` });
    const out = text(program.stdout);
    while (sink.spans.length === 0 && program.exitCode === null)
      await new Promise((go) => setTimeout(go, 50));
    program.kill("SIGINT");
    const [code] = (await once(program, "exit")) as [number];
    sink.stop();
    expect(code).toBe(0);
    expect(row(await out, "spans")).toMatchObject({ sent: sink.spans.length, accepted: sink.spans.length });
    expect(sink.spans.length % SPANS_A_REQUEST).toBe(0);
  }, 20_000);
});
