import { once } from "node:events";
import { spawn } from "node:child_process";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { status } from "@grpc/grpc-js";
import { run, type Surroundings } from "../../loadgen/run";
import { OtlpSink } from "../helpers/otlp-sink";

const SPANS_A_REQUEST = 8;

/** Runs the load generator in this process. */
async function loadgen(argv: string[], more: Partial<Surroundings> = {}) {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const start = performance.now();
  const code = await run(argv, { out, err, stop: new AbortController().signal, ...more });
  const tookMs = performance.now() - start;
  out.end();
  err.end();
  return { code, out: await text(out), err: await text(err), tookMs };
}

/** One row of the summary's table. */
function row(out: string, items: string) {
  const line = out.split("\n").find((one) => one.startsWith(`${items} `)) ?? "";
  const [made, sent, failed, rejected, dropped] = line
    .split(/\s+/)
    .slice(1)
    .map((cell) => Number(cell.replaceAll(",", "")));
  return { made, sent, failed, rejected, dropped };
}

describe("delivery", () => {
  let sink: OtlpSink;
  beforeEach(async () => {
    sink = await OtlpSink.start();
  });
  afterEach(() => sink.stop());

  const requests = (n: number) => [
    "--endpoint",
    sink.address,
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
    expect(row(out, "spans")).toMatchObject({ made: 400, sent: sink.spans.length, failed: 0, dropped: 0 });
    expect(row(out, "logs").sent).toBe(sink.logs.length);
    expect(row(out, "points").sent).toBe(sink.points.length);
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
    sink.answer = (signal, items) =>
      signal === "traces" && items > 0 ? { code: status.PERMISSION_DENIED } : undefined;
    const { code, out } = await loadgen(requests(10));
    expect(code).toBe(1);
    expect(row(out, "spans")).toMatchObject({ made: 80, sent: 0, failed: 80 });
    expect(row(out, "logs").sent).toBe(sink.logs.length);
    expect(out).toMatch(/NOT everything was delivered\.\n {2}spans: 80 lost: .*the sink says no/);
  });

  it("counts what a successful answer says was rejected", async () => {
    sink.answer = (signal, items) =>
      signal === "logs" && items > 0 ? { rejected: 3, reason: "too old" } : undefined;
    const { code, out } = await loadgen(requests(10));
    expect(code).toBe(1);
    expect(row(out, "logs")).toMatchObject({ sent: sink.logs.length, failed: 0, rejected: 3, dropped: 0 });
    expect(row(out, "spans")).toMatchObject({ sent: 80, rejected: 0 });
    expect(out).toContain("too old");
  });

  it("loses nothing to an error that passes", async () => {
    let refusals = 0;
    sink.answer = (_signal, items) =>
      items > 0 && refusals++ < 3 ? { code: status.UNAVAILABLE } : undefined;
    const { code, out } = await loadgen(requests(10));
    expect(code).toBe(0);
    expect(sink.spans).toHaveLength(80);
    expect(out).toContain("3 exports were tried again");
  });

  it("asks an exhausted receiver again only if that says when", async () => {
    const exhausted = {
      code: status.RESOURCE_EXHAUSTED,
      retryInfo: "type.googleapis.com/google.rpc.RetryInfo",
    };
    let told = 0;
    sink.answer = (signal, items) => {
      if (items === 0) return undefined;
      return signal === "logs" ? { code: status.RESOURCE_EXHAUSTED } : told++ < 1 ? exhausted : undefined;
    };
    const { out } = await loadgen([...requests(10), "--signals", "traces,logs"]);
    expect(row(out, "spans")).toMatchObject({ sent: 80, failed: 0 });
    expect(row(out, "logs")).toMatchObject({ sent: 0, failed: row(out, "logs").made });
    expect(out).toContain("1 exports were tried again");
  });

  it("waits only so long for answers that do not come, and counts what has none as failed", async () => {
    sink.answer = (_signal, items) => (items > 0 ? "silence" : undefined);
    const { code, out, tookMs } = await loadgen(requests(10), { limits: { flushWithinMs: 300 } });
    expect(code).toBe(1);
    expect(tookMs).toBeLessThan(3_000);
    expect(row(out, "spans")).toEqual({ made: 80, sent: 0, failed: 80, rejected: 0, dropped: 0 });
  });

  it("counts what a full queue turned away", async () => {
    sink.answer = (_signal, items) => (items > 0 ? "silence" : undefined);
    const { code, out } = await loadgen(requests(100), { limits: { flushWithinMs: 300, queueSize: 100 } });
    expect(code).toBe(1);
    // One batch under way without an answer, one queue full; nobody has room for the rest.
    expect(row(out, "spans")).toEqual({ made: 800, sent: 0, failed: 200, rejected: 0, dropped: 600 });
    expect(out).toContain("dropped because the queue was full");
  });

  it("flushes everything when it is stopped", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    const { code, out, err } = await loadgen(["--endpoint", sink.address, "--rate", "100"], {
      stop: stop.signal,
    });
    expect(code).toBe(0);
    expect(err).toContain("Stopping");
    expect(row(out, "spans").made).toBeGreaterThan(0);
    expect(sink.spans).toHaveLength(row(out, "spans").made ?? 0);
  });

  it("flushes on Ctrl-C too, as a program of its own", async () => {
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
    expect(code).toBe(0);
    expect(row(await out, "spans")).toMatchObject({ made: sink.spans.length, sent: sink.spans.length });
    expect(sink.spans.length % SPANS_A_REQUEST).toBe(0);
  }, 20_000);

  it("names the signal that the receiver does not take, before any load", async () => {
    sink.answer = (signal) => (signal === "logs" ? { code: status.UNIMPLEMENTED } : undefined);
    const { code, err } = await loadgen(requests(5));
    expect(code).toBe(1);
    expect(err).toContain("does not take logs");
    expect(err).toContain("--signals traces,metrics");
    expect(sink.spans).toEqual([]);
  });
});

describe("with nobody at the endpoint", () => {
  it("ends within seconds, with what to do", async () => {
    const { code, out, err, tookMs } = await loadgen(["--endpoint", "127.0.0.1:1"]);
    expect(code).toBe(1);
    expect(tookMs).toBeLessThan(3_000);
    expect(err).toMatch(/127\.0\.0\.1:1 .*ECONNREFUSED.*pulumi up.*--endpoint host:port/);
    expect(out).toBe("");
  });

  it("does not even ask when an option is wrong", async () => {
    const { code, err } = await loadgen(["--endpoint", "127.0.0.1:1", "--rate", "fast"]);
    expect(code).toBe(2);
    expect(err).toMatch(/^loadgen: --rate cannot be "fast": .*\n$/);
  });
});
