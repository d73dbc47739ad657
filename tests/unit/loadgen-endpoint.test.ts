import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { status } from "@grpc/grpc-js";
import { loadgen } from "../helpers/loadgen";
import { OtlpSink } from "../helpers/otlp-sink";

const A_FEW = ["--requests", "5", "--rate", "1000"];

/** Runs against something that is not right; resolves to the one sentence about it. */
async function complaint(...argv: string[]): Promise<string> {
  const { code, out, err, tookMs } = await loadgen([...argv, ...A_FEW]);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/^loadgen: [^\n]+\.\n$|^loadgen: [^\n]+\?\n$/);
  expect(tookMs).toBeLessThan(6_000);
  return err;
}

describe("an endpoint that is not right ends the run within seconds, before any load", () => {
  let sink: OtlpSink;
  const callers: Socket[] = [];
  const mute = createServer((caller) => callers.push(caller));
  beforeAll(async () => {
    sink = await OtlpSink.start();
    await once(mute.listen(0, "127.0.0.1"), "listening");
  });
  afterEach(() => (sink.answer = () => undefined));
  afterAll(() => {
    sink.stop();
    mute.close();
    for (const caller of callers) caller.destroy();
  });

  it.each([
    ["grpc", "127.0.0.1:2"],
    ["http", "http://127.0.0.1:2"],
  ])("with nobody there, over %s: what to do", async (protocol, endpoint) => {
    const err = await complaint("--protocol", protocol, "--endpoint", endpoint);
    expect(err).toContain(`answers at ${endpoint}`);
    expect(err).toMatch(/ECONNREFUSED.*pulumi up.*--endpoint/);
  });

  it.each(["grpc", "http"])(
    "with a port that never answers, over %s",
    async (protocol) => {
      const endpoint = `127.0.0.1:${(mute.address() as AddressInfo).port}`;
      expect(await complaint("--protocol", protocol, "--endpoint", endpoint)).toContain(
        "no answer within 2 s",
      );
    },
    10_000,
  );

  it.each(["grpc", "http"])("without the header it asks for, over %s", async (protocol) => {
    sink.answer = () => "who are you";
    const err = await complaint(...sink.optionsFor(protocol));
    expect(err).toContain("does not let us send traces, metrics, logs");
    expect(err).toContain("give what it asks for with --headers");
  });

  it.each(["grpc", "http"])("with a wrong one, over %s, which is not shown", async (protocol) => {
    sink.answer = () => "who are you";
    const err = await complaint(...sink.optionsFor(protocol), "--headers", "authorization=hunter2");
    expect(err).toContain("are the --headers right?");
    expect(err).not.toContain("hunter2");
  });

  it("with a path that is not OTLP's", async () => {
    const err = await complaint("--protocol", "http", "--endpoint", `${sink.url}/otlp`);
    expect(err).toMatch(/No OTLP HTTP receiver for traces, metrics, logs .*HTTP 404.*\/otlp/);
  });

  it("with the other protocol's port", async () => {
    expect(await complaint("--protocol", "http", "--endpoint", sink.address)).toContain(
      "No OTLP HTTP receiver",
    );
    const err = await complaint("--protocol", "grpc", "--endpoint", sink.url);
    expect(err).toMatch(/No OTLP gRPC receiver.*--protocol http/);
  });

  it.each([
    ["grpc", { code: status.UNIMPLEMENTED }],
    ["http", { httpStatus: 404 }],
  ])("with one signal that it does not take, over %s: the rest", async (protocol, answer) => {
    sink.answer = (signal) => (signal === "logs" ? answer : undefined);
    const err = await complaint(...sink.optionsFor(protocol));
    expect(err).toMatch(/does not take logs .*--signals traces,metrics/);
    expect(sink.spans).toEqual([]);
  });

  it("does not even ask when an option is wrong", async () => {
    const { code, err } = await loadgen(["--endpoint", "127.0.0.1:2", "--rate", "fast"]);
    expect(code).toBe(2);
    expect(err).toMatch(/^loadgen: --rate cannot be "fast": .*\n$/);
  });

  it.each([
    [2, ["--endpoint", "127.0.0.1:2", "--rate", "fast"]],
    [1, ["--endpoint", "127.0.0.1:2"]],
  ])("with a document for a program that asked, exit code %d", async (code, argv) => {
    const { out, err, ...ended } = await loadgen([...argv, "--json"]);
    expect(ended.code).toBe(code);
    const { ok, error } = JSON.parse(out) as { ok: boolean; error: string };
    expect([ok, `loadgen: ${error}\n`]).toEqual([false, err]);
  });
});

describe("one backend alone", () => {
  it("is reached behind a path, also when it takes no empty export, as Loki", async () => {
    const loki = await OtlpSink.start("/otlp");
    loki.answer = (_signal, items) => (items === 0 ? { httpStatus: 422 } : undefined);
    const argv = ["--protocol", "http", "--endpoint", loki.url, "--signals", "logs", ...A_FEW];
    const { code } = await loadgen(argv);
    loki.stop();
    expect(loki.url).toMatch(/\/otlp$/);
    expect(code).toBe(0);
    expect(loki.logs.length).toBeGreaterThanOrEqual(15);
  });
});
