import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as protobuf from "protobufjs";

/** As much of remote write's and of Loki's push messages as the tests look at. */
const PUSH = protobuf.parse(`
  syntax = "proto3";
  message Label { string name = 1; string value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; }
  message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
  message WriteRequest { repeated TimeSeries timeseries = 1; }
  message Entry { string line = 2; }
  message Stream { string labels = 1; repeated Entry entries = 2; }
  message PushRequest { repeated Stream streams = 1; }
`).root;

type Series = { labels: { name: string; value: string }[] };
type Stream = { labels: string; entries: { line: string }[] };

/** Stands in for Mimir and Loki where they are written to, and for Sumo, which refuses everything. */
export class PushSink {
  /** Labels of each series that was written, its name under `__name__`. */
  readonly series: Record<string, string>[] = [];
  readonly lines: { labels: string; line: string }[] = [];
  /** Requests that were refused. */
  refused = 0;

  private constructor(
    private readonly server: http.Server,
    readonly url: string,
  ) {}

  static async start(): Promise<PushSink> {
    const server = http.createServer();
    await new Promise<void>((up) => server.listen(0, "127.0.0.1", up));
    const sink = new PushSink(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("request", (request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => response.writeHead(sink.take(request.url!, Buffer.concat(parts))).end());
    });
    return sink;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private take(path: string, body: Buffer): number {
    if (path.endsWith("/api/v1/push") && !path.startsWith("/loki")) {
      const { timeseries } = decode("WriteRequest", body) as { timeseries: Series[] };
      for (const { labels } of timeseries)
        this.series.push(Object.fromEntries(labels.map(({ name, value }) => [name, value])));
    } else if (path.startsWith("/loki/")) {
      const { streams } = decode("PushRequest", body) as { streams: Stream[] };
      for (const { labels, entries } of streams)
        this.lines.push(...entries.map(({ line }) => ({ labels, line })));
    } else {
      this.refused++;
      return 401;
    }
    return 204;
  }
}

function decode(type: string, body: Buffer): unknown {
  const message = PUSH.lookupType(type);
  return message.toObject(message.decode(unsnappy(body)), { longs: Number, arrays: true, defaults: true });
}

/** Reads a block of snappy's format, which both messages are packed in. */
function unsnappy(packed: Buffer): Buffer {
  let at = 0;
  const little = (bytes: number) => packed.readUIntLE((at += bytes) - bytes, bytes);
  while (packed[at++]! & 0x80); // the unpacked length
  const out: number[] = [];
  while (at < packed.length) {
    const tag = packed[at++]!;
    if ((tag & 3) === 0) {
      const short = tag >> 2;
      const length = (short < 60 ? short : little(short - 59)) + 1;
      out.push(...packed.subarray(at, (at += length)));
    } else {
      const near = (tag & 3) === 1;
      const length = near ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
      const offset = near ? ((tag >> 5) << 8) | packed[at++]! : little((tag & 3) === 2 ? 2 : 4);
      for (let i = 0; i < length; i++) out.push(out[out.length - offset]!);
    }
  }
  return Buffer.from(out);
}
