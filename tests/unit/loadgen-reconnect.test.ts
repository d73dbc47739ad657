import { status } from "@grpc/grpc-js";
import { core } from "@opentelemetry/sdk-node";
import { SIGNALS, type Signal } from "../../loadgen/options";
import { GRPC, Reconnecting } from "../../loadgen/transport-grpc";
import { OtlpSink } from "../helpers/otlp-sink";
import { freePorts } from "../helpers/ports";

describe("the exporters over gRPC", () => {
  it("reach a receiver at once that was away a moment before", async () => {
    const [port] = await freePorts(1);
    const askers = SIGNALS.map((signal) => askerOf(signal, `127.0.0.1:${port}`));
    const askAll = () => Promise.all(askers.map((asker) => asker.ask()));

    const [refused] = await askAll();
    expect(refused).toEqual({
      kind: "no receiver",
      reason: expect.stringContaining("ECONNREFUSED") as string,
    });

    const sink = await OtlpSink.start("", port);
    const answers = await askAll();
    await Promise.all(askers.map((asker) => asker.close()));
    sink.stop();
    expect(answers).toEqual([undefined, undefined, undefined]); // grpc-js would wait for a second
  });
});

describe("an exporter that reconnects", () => {
  const made: FakeExporter[] = [];
  beforeEach(() => made.splice(0));

  const open = () =>
    new Reconnecting<string>(() => {
      const exporter = new FakeExporter();
      made.push(exporter);
      return exporter;
    });
  const failure = (code: status) => Object.assign(new Error(status[code]), { code });

  it("leaves its channel once, whatever fails on that afterwards, and closes the one it left", () => {
    const exporter = open();
    const results: core.ExportResult[] = [];
    for (const item of ["a", "b"]) exporter.export(item, (result) => results.push(result));
    made[0]?.answer("a", failure(status.UNAVAILABLE));
    exporter.export("c", (result) => results.push(result));
    made[0]?.answer("b", failure(status.UNAVAILABLE));
    made[1]?.answer("c");
    expect(results.map(({ error }) => error?.message)).toEqual(["UNAVAILABLE", "UNAVAILABLE", undefined]);
    expect(made.map(({ closed }) => closed)).toEqual([true, false]);
  });

  it("keeps its channel after an error that does not pass", () => {
    const exporter = open();
    exporter.export("a", () => {});
    made[0]?.answer("a", failure(status.INVALID_ARGUMENT));
    expect(made.map(({ closed }) => closed)).toEqual([false]);
  });
});

function askerOf<S extends Signal>(signal: S, endpoint: string) {
  const target = { endpoint, headers: {} };
  const exporter = GRPC.newExporter[signal](target);
  return { ask: () => GRPC.refusalOf(target, signal, exporter), close: () => exporter.shutdown() };
}

/** One whose answers the test gives. */
class FakeExporter {
  closed = false;
  private readonly underWay = new Map<string, (result: core.ExportResult) => void>();

  export(item: string, done: (result: core.ExportResult) => void): void {
    this.underWay.set(item, done);
  }

  answer(item: string, error?: Error): void {
    const { SUCCESS, FAILED } = core.ExportResultCode;
    this.underWay.get(item)?.({ code: error ? FAILED : SUCCESS, error });
  }

  shutdown(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}
