import * as grpc from "@grpc/grpc-js";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { request } from "undici";
import { reasonOf } from "../../lib/fault";
import { METHOD, SIGNALS } from "../../lib/otlp";
import type { Bench, Case } from "../case";

/** One request that no sender of good will makes. */
interface Bad {
  body: Buffer;
  contentType?: string;
  encoding?: string;
}

/** A case that sends such requests, now and then, for the time of an outage. */
interface BadCase {
  name: string;
  does: string;
  make: () => Promise<Bad[]> | Bad[];
  /** What a sender may be told: that it is at fault, and never to try again. */
  answers: RegExp;
}

const MIB = 1024 * 1024;
const PROTOBUF = "application/x-protobuf";
const EVERY_MS = 2_000;
/** How a connection is told that is closed while a body still comes. */
const CUT = "ECONNRESET|EPIPE|UND_ERR_SOCKET|other side closed";

function badRequests({ name, does, make, answers }: BadCase): Case {
  return {
    name,
    does,
    expects: { freshWithinMs: 2_000 },
    during: async (bench) => {
      const bad = await make();
      const said = new Set<string>();
      for (const until = Date.now() + bench.outageMs; Date.now() < until; await bench.pause(EVERY_MS))
        for (const one of bad) for (const answer of await send(bench, one)) said.add(answer);
      bench.remark(`Alloy answered ${[...said].join(", ")}`);
      for (const answer of said)
        if (!answers.test(answer)) bench.fault(`Alloy answered ${answer}, which does not say what is wrong`);
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

const malformed = badRequests({
  name: "malformed",
  does: "Somebody sends what is no OTLP, as protocol buffers and as JSON.",
  make: () => [
    { body: Buffer.from("this is not a message of protocol buffers") },
    { body: Buffer.from([0x0a, 0xff, 0xff, 0xff, 0x7f, 0x00]) }, // a field longer than the message
    { body: Buffer.from('{"resourceSpans": [{'), contentType: "application/json" },
  ],
  answers: /^(HTTP 400|gRPC INTERNAL)$/,
});

const body100Mb = badRequests({
  name: "body-100-mb",
  does: "Somebody sends bodies of 100 MB.",
  make: () => [{ body: Buffer.alloc(100 * MIB, 0x0a) }],
  answers: new RegExp(`^(HTTP (400|413|${CUT})|gRPC RESOURCE_EXHAUSTED)$`),
});

const wrongContentType = badRequests({
  name: "wrong-content-type",
  does: "Somebody sends OTLP as text/plain.",
  make: () => [{ body: Buffer.alloc(0), contentType: "text/plain" }],
  answers: /^HTTP 415$/,
});

const gzipBomb = badRequests({
  name: "gzip-bomb",
  does: "Somebody sends 256 kB that unpack to 256 MiB.",
  make: async () => [{ body: await promisify(gzip)(Buffer.alloc(256 * MIB)), encoding: "gzip" }],
  answers: /^HTTP (400|413)$/,
});

export const badRequestCases: Case[] = [malformed, body100Mb, wrongContentType, gzipBomb];
