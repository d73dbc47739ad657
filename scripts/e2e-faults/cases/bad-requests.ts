import * as grpc from "@grpc/grpc-js";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { request } from "undici";
import { reasonOf } from "../../lib/fault";
import { METHOD, OTLP, SIGNALS } from "../../lib/otlp";
import type { Bench, Case } from "../case";

/** One request that no sender of good will makes. */
interface Bad {
  body: Buffer;
  contentType?: string;
  encoding?: string;
}

const MIB = 1024 * 1024;
const PROTOBUF = "application/x-protobuf";
const EVERY_MS = 2_000;

/** A case that sends such requests, now and then, for the time of an outage. */
function badRequests(
  name: string,
  does: string,
  make: () => Promise<Bad[]> | Bad[],
  expects: Case["expects"] = {},
): Case {
  return {
    name,
    does,
    expects: { freshWithinMs: 2_000, ...expects },
    during: async (bench) => {
      const bad = await make();
      const answers = new Set<string>();
      for (const until = Date.now() + bench.outageMs; Date.now() < until; await bench.pause(EVERY_MS))
        for (const one of bad) for (const said of await send(bench, one)) answers.add(said);
      bench.remark(`Alloy answered ${[...answers].join(", ")}`);
    },
  };
}

/** Sends it to each signal by HTTP and, where it is only bytes, by gRPC. */
async function send({ otlp }: Bench, { body, contentType = PROTOBUF, encoding }: Bad): Promise<string[]> {
  const headers = { "content-type": contentType, ...(encoding && { "content-encoding": encoding }) };
  const byHttp = SIGNALS.map((signal) =>
    request(`${otlp.http}/v1/${signal}`, { method: "POST", headers, body }).then(
      async (answer) => {
        await answer.body.dump();
        return `HTTP ${answer.statusCode}`;
      },
      (error: unknown) => `HTTP ${reasonOf(error)}`,
    ),
  );
  const plain = contentType === PROTOBUF && encoding === undefined;
  return Promise.all([...byHttp, ...(plain ? [sendByGrpc(otlp.grpc, body)] : [])]);
}

async function sendByGrpc(address: string, body: Buffer): Promise<string> {
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  const same = (bytes: Buffer) => bytes;
  const deadline = Date.now() + 20_000;
  const said = await new Promise<string>((resolve) =>
    client.makeUnaryRequest(METHOD.traces, same, same, body, { deadline }, (error) =>
      resolve(`gRPC ${error ? grpc.status[error.code] : "OK"}`),
    ),
  );
  client.close();
  return said;
}

const malformed = badRequests(
  "malformed",
  "Somebody sends what is no OTLP, as protocol buffers and as JSON.",
  () => [
    { body: Buffer.from("this is not a message of protocol buffers") },
    { body: Buffer.from([0x0a, 0xff, 0xff, 0xff, 0x7f, 0x00]) }, // a field longer than the message
    { body: Buffer.from('{"resourceSpans": [{'), contentType: "application/json" },
  ],
);

const body100Mb = badRequests("body-100-mb", "Somebody sends bodies of 100 MB.", () => [
  { body: Buffer.alloc(100 * MIB, 0x0a) },
]);

const wrongContentType = badRequests("wrong-content-type", "Somebody sends OTLP as text/plain.", () => [
  { body: Buffer.alloc(0), contentType: "text/plain" },
]);

const gzipBomb = badRequests("gzip-bomb", "Somebody sends 256 kB that unpack to 256 MiB.", async () => [
  { body: await promisify(gzip)(Buffer.alloc(256 * MIB)), encoding: "gzip" },
]);

const attributes10000 = badRequests(
  "attributes-10000",
  "Somebody sends spans of 10,000 attributes.",
  () => [{ body: spanOfAttributes(10_000) }],
  // These are spans, too, and not numbered ones; each backend says itself what it takes of them.
  { local: { repeated: [...SIGNALS], discarded: [...SIGNALS] }, second: { lost: "counted" } },
);

function spanOfAttributes(count: number): Buffer {
  const attributes = Array.from({ length: count }, (_, i) => ({
    key: `attribute.${i}`,
    value: { stringValue: `value ${i}` },
  }));
  const span = {
    traceId: Buffer.alloc(16, 1),
    spanId: Buffer.alloc(8, 1),
    name: "ten thousand attributes",
    attributes,
  };
  const type = OTLP.lookupType("TracesRequest");
  const message = { resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans: [span] }] }] };
  return Buffer.from(type.encode(type.create(message)).finish());
}

export const badRequestCases: Case[] = [malformed, body100Mb, attributes10000, wrongContentType, gzipBomb];
