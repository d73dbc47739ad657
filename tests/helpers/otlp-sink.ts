import * as http from "node:http";
import { buffer } from "node:stream/consumers";
import type { AddressInfo } from "node:net";
import * as grpc from "@grpc/grpc-js";
import { METHOD, SIGNALS } from "../../scripts/lib/otlp";
import {
  readLogs,
  readPoints,
  readSpans,
  writeAnswer,
  type Signal,
  type SinkLog,
  type SinkPoint,
  type SinkSpan,
} from "./otlp-messages";

export type { SinkLog, SinkPoint, SinkSpan } from "./otlp-messages";

/** What the sink says to one export; nothing means that it took everything. */
export type Answer =
  /** An error, in the words of either protocol. */
  | "try later"
  | "never"
  | "who are you"
  | "silence"
  /** A gRPC status, of the gRPC door only. */
  | { code: grpc.status; retryInfo?: string }
  /** A status of the HTTP door only. */
  | { httpStatus: number }
  | { rejected: number; reason: string }
  | undefined;

const GRPC_CODE = {
  "try later": grpc.status.UNAVAILABLE,
  never: grpc.status.INVALID_ARGUMENT,
  "who are you": grpc.status.UNAUTHENTICATED,
};
const HTTP_STATUS = { "try later": 503, never: 400, "who are you": 401 };
/** An OTLP receiver in the test's own process, with a gRPC and an HTTP door, that remembers what it took. */
export class OtlpSink {
  readonly spans: SinkSpan[] = [];
  readonly logs: SinkLog[] = [];
  readonly points: SinkPoint[] = [];
  /** `host:port` of the gRPC door. */
  address = "";
  /** URL of the HTTP door, whose path must begin with `basePath`. */
  url = "";
  /** How to answer an export of so many items; an empty one is the load generator asking whether we are here. */
  answer: (signal: Signal, items: number, headers: Record<string, unknown>) => Answer = () => undefined;

  private readonly grpcServer = new grpc.Server();
  private readonly httpServer = http.createServer((request, response) => void this.post(request, response));

  private constructor(private readonly basePath: string) {}

  /** Its gRPC door has the given port, or any that is free. */
  static async start(basePath = "", grpcPort = "0"): Promise<OtlpSink> {
    const sink = new OtlpSink(basePath);
    for (const signal of SIGNALS) sink.serveGrpc(signal);
    const port = await new Promise<number>((resolve, reject) =>
      sink.grpcServer.bindAsync(
        `127.0.0.1:${grpcPort}`,
        grpc.ServerCredentials.createInsecure(),
        (error, bound) => (error ? reject(error) : resolve(bound)),
      ),
    );
    await new Promise<void>((resolve) => sink.httpServer.listen(0, "127.0.0.1", resolve));
    sink.address = `127.0.0.1:${port}`;
    sink.url = `http://127.0.0.1:${(sink.httpServer.address() as AddressInfo).port}${basePath}`;
    return sink;
  }

  stop(): void {
    this.grpcServer.forceShutdown();
    this.httpServer.close();
    this.httpServer.closeAllConnections();
  }

  /** The options that lead the load generator here. */
  optionsFor(protocol: string): string[] {
    return ["--protocol", protocol, "--endpoint", protocol === "http" ? this.url : this.address];
  }

  private async post(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await buffer(request);
    const signal = SIGNALS.find((one) => request.url === `${this.basePath}/v1/${one}`);
    if (!signal) return void response.writeHead(404).end("404 page not found");
    const { answer, take } = this.judge(signal, body, request.headers);
    if (answer === "silence") return;
    const status =
      typeof answer === "string"
        ? HTTP_STATUS[answer]
        : answer && "httpStatus" in answer && answer.httpStatus;
    if (status) return void response.writeHead(status).end("the sink says no");
    response.writeHead(200, { "content-type": "application/x-protobuf" }).end(take());
  }

  private serveGrpc(signal: Signal): void {
    const same = (bytes: Buffer) => bytes;
    const method = {
      path: METHOD[signal],
      ...{ requestStream: false, responseStream: false },
      ...{
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    };
    this.grpcServer.addService(
      { export: method },
      {
        export: (call: grpc.ServerUnaryCall<Buffer, Buffer>, reply: grpc.sendUnaryData<Buffer>) => {
          const { answer, take } = this.judge(signal, call.request, call.metadata.getMap());
          if (answer === "silence") return;
          const error = typeof answer === "string" ? { code: GRPC_CODE[answer] } : answer;
          if (!error || !("code" in error)) return reply(null, take());
          const metadata = new grpc.Metadata();
          if (error.retryInfo) metadata.set("grpc-status-details-bin", Buffer.from(error.retryInfo));
          reply({ code: error.code, details: "the sink says no", metadata });
        },
      },
    );
  }

  /** How to answer, and a way to take what is not refused. */
  private judge(signal: Signal, body: Buffer, headers: Record<string, unknown>) {
    const [items, taken] = {
      traces: [readSpans, this.spans],
      logs: [readLogs, this.logs],
      metrics: [readPoints, this.points],
    }[signal] as [(body: Buffer) => unknown[], unknown[]];
    const all = items(body);
    const answer = this.answer(signal, all.length, headers);
    const take = () => {
      const partial = typeof answer === "object" && "rejected" in answer ? answer : undefined;
      taken.push(...all.slice(partial?.rejected ?? 0));
      return writeAnswer(partial && { rejected: partial.rejected, errorMessage: partial.reason });
    };
    return { answer, take };
  }
}
