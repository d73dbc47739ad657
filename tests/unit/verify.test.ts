import { SIGNALS } from "../../scripts/lib/signals";
import { newMark } from "../../scripts/verify/mark";
import { verify as verifyStack } from "../../scripts/verify/verification";
import { FakeStack } from "../helpers/fake-stack";
import { IMPATIENT, UNTOLD_MS, verifyAgainst as verify } from "../helpers/fake-verify";

let fake: FakeStack;
afterEach(() => fake?.stop());

const LOCAL = ["ok trace local Tempo n ms", "ok log record local Loki n ms", "ok metric local Mimir n ms"];

describe("with everything in order", () => {
  it("finds each signal on both paths, and exits 0", async () => {
    fake = await FakeStack.start();
    const { code, lines, err } = await verify(fake);
    expect(err).toBe("");
    expect(lines.filter((line) => / n ms$/.test(line)).sort()).toEqual(
      [
        ...LOCAL,
        "ok trace second Sumo stand-in n ms",
        "ok log record second Sumo stand-in n ms",
        "ok metric second Sumo stand-in n ms",
      ].sort(),
    );
    expect(lines).toContain("All is where it should be.");
    expect(code).toBe(0);
  });

  it("sends one of each, of now, under one mark, the trace by gRPC and the rest by HTTP", async () => {
    fake = await FakeStack.start();
    const before = Date.now();
    const { out } = await verify(fake);
    const [, mark = ""] = /marked ([0-9a-f]{32})/.exec(out) ?? [];
    const [span, ...moreSpans] = fake.sink.spans;
    const record = fake.logs[0]?.resourceLogs[0]?.scopeLogs[0]?.logRecords[0];
    const point = fake.metrics[0]?.resourceMetrics[0]?.scopeMetrics[0]?.metrics[0]?.gauge.dataPoints[0];
    expect([moreSpans.length, fake.logs.length, fake.metrics.length]).toEqual([0, 1, 1]);
    expect(span?.resource).toMatchObject({
      "service.name": "watchtower-verify",
      "service.namespace": "watchtower",
      "deployment.environment": "local",
    });
    expect(Buffer.from(span?.traceId ?? "", "base64").toString("hex")).toBe(mark);
    expect([record?.traceId, span?.attributes.marker, point?.attributes[0]?.value.stringValue]).toEqual([
      mark,
      mark,
      mark,
    ]);
    for (const nanoseconds of [span?.start, record?.timeUnixNano, point?.timeUnixNano])
      expect(Math.abs(Number(BigInt(nanoseconds ?? 0) / 1_000_000n) - before)).toBeLessThan(2_000);
  });

  it("measures each latency until that one was found", async () => {
    fake = await FakeStack.start();
    const LATER_MS = 200;
    const backends = ["tempo", "loki", "mimir"];
    for (const backend of backends) fake.lost.add(backend);
    let second = 0;
    const results = await verifyStack(fake.stack, newMark(), {
      read: (service) => Promise.resolve(fake.metricsPage(service)!),
      patience: { withinMs: 4_000, everyMs: 5 },
      tell: ({ path }) => {
        if (path === "second" && ++second === backends.length) setTimeout(() => fake.lost.clear(), LATER_MS);
      },
    });
    const latency = (signal: string, path: string) =>
      results.find((one) => one.signal === signal && one.path === path)!.latencyMs!;
    for (const { name } of SIGNALS)
      expect(latency(name, "local") - latency(name, "second")).toBeGreaterThan(0.9 * LATER_MS);
  });

  it("tells a machine the same in one JSON document", async () => {
    fake = await FakeStack.start();
    const { code, out } = await verify(fake, ["--json"]);
    const told = JSON.parse(out) as {
      ok: boolean;
      mark: string;
      results: { signal: string; found: boolean }[];
    };
    expect(told.ok).toBe(true);
    expect(told.mark).toMatch(/^[0-9a-f]{32}$/);
    expect(told.results.map(({ signal }) => signal).sort()).toEqual([
      "log record",
      "log record",
      "metric",
      "metric",
      "trace",
      "trace",
    ]);
    expect(code).toBe(0);
  });
});

describe("with something missing", () => {
  it.each([
    ["tempo", "trace (local path, Tempo)"],
    ["loki", "log record (local path, Loki)"],
    ["mimir", "metric (local path, Mimir)"],
  ])("names what %s has lost, that alone, and exits 1", async (backend, missing) => {
    fake = await FakeStack.start();
    fake.lost.add(backend);
    const { code, lines } = await verify(fake, IMPATIENT);
    expect(lines).toContain(`NOT all is where it should be. Missing: ${missing}.`);
    expect(lines.filter((line) => line.startsWith("MISSING"))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith("ok"))).toHaveLength(5);
    expect(code).toBe(1);
  });

  it("looks at gRPC and HTTP each by itself", async () => {
    fake = await FakeStack.start();
    fake.sink.answer = () => ({ code: 12 });
    const { code, lines } = await verify(fake, IMPATIENT);
    expect(lines.filter((line) => line.startsWith("MISSING"))).toEqual([
      expect.stringMatching(
        /^MISSING trace entry Alloy The trace was not taken by OTLP gRPC at 127.0.0.1:\d+ \(.*UNIMPLEMENTED/,
      ),
    ]);
    expect(code).toBe(1);
  });

  it("does not take another run's metric for its own", async () => {
    fake = await FakeStack.start();
    fake.override = (uid) =>
      uid === "mimir" ? { body: '{"data":{"result":[{"metric":{},"value":[1,"-1"]}]}}' } : undefined;
    const { code, out } = await verify(fake, IMPATIENT);
    expect(out).toMatch(/MISSING +metric .*it has -1, \d+ was sent/);
    expect(code).toBe(1);
  });

  it("does not take another trace or another line for its own", async () => {
    fake = await FakeStack.start();
    fake.override = (uid) =>
      ({
        tempo: { body: '{"batches":[{"scopeSpans":[{"spans":[{"name":"other"}]}]}]}' },
        loki: { body: '{"data":{"result":[{"stream":{},"values":[["1","other"]]}]}}' },
      })[uid];
    const { lines } = await verify(fake, IMPATIENT);
    expect(lines).toContain("MISSING trace local Tempo the trace it has is another one");
    expect(lines).toContain("MISSING log record local Loki it has no such record");
  });

  it("shows the last answer of a backend that fails", async () => {
    fake = await FakeStack.start();
    fake.override = (uid) => (uid === "loki" ? { status: 502, body: "bad\ngateway" } : undefined);
    const { code, lines } = await verify(fake, IMPATIENT);
    expect(lines).toContain("MISSING log record local Loki it answers 502 bad gateway");
    expect(code).toBe(1);
  });

  it.each(["<html>Sign in</html>", "{}", '{"data":{}}'])(
    "shows an answer that makes no sense: %s",
    async (body) => {
      fake = await FakeStack.start();
      fake.override = (uid) => (uid === "mimir" ? { body } : undefined);
      const { code, lines } = await verify(fake, IMPATIENT);
      expect(lines).toContain(`MISSING metric local Mimir it answers 200 ${body}`);
      expect(code).toBe(1);
    },
  );

  it("says what Alloy did not take, and follows the rest", async () => {
    fake = await FakeStack.start();
    const { http } = fake.stack.otlp;
    fake.otlp.stop();
    const { code, lines } = await verify(fake, IMPATIENT);
    expect(lines).toContain(
      `MISSING log record entry Alloy The log record was not taken by OTLP HTTP at ${http} ` +
        "(ECONNREFUSED): `npm run status` names what brings it back.",
    );
    expect(lines.filter((line) => line.startsWith("MISSING"))).toHaveLength(2);
    expect(lines.filter((line) => line.startsWith("ok trace"))).toHaveLength(2);
    expect(code).toBe(1);
  });

  it("says what Alloy took and rejected", async () => {
    fake = await FakeStack.start();
    fake.rejects = true;
    const { code, lines } = await verify(fake, IMPATIENT);
    expect(lines.filter((line) => /^MISSING metric entry .*rejectedDataPoints/.test(line))).toHaveLength(1);
    expect(code).toBe(1);
  });

  it("waits no longer than it was told", async () => {
    fake = await FakeStack.start();
    fake.lost.add("loki");
    const started = Date.now();
    await verify(fake, ["--timeout", "100ms"]);
    expect(Date.now() - started).toBeLessThan(UNTOLD_MS / 2);
  });
});
