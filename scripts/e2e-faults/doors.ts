import * as grpc from "@grpc/grpc-js";
import { Pool } from "undici";
import { isRetryable, reasonOf } from "../../loadgen/grpc-error";
import { reasonOf as causeOf } from "../lib/fault";
import { METHOD, readRejection, type Signal } from "../lib/otlp";
import type { Stack } from "../lib/stack";

/** How one attempt ended. */
export type Outcome =
  | "taken"
  | {
      retryable: boolean;
      said: string;
      /** Whether it may have been taken all the same: it was under way, and then there was no answer. */
      unanswered: boolean;
    };

/** A way into Alloy. */
export interface Door {
  /** Sends an export request once. */
  send(signal: Signal, body: Buffer): Promise<Outcome>;
  close(): Promise<void>;
}

/** As long as OpenTelemetry's SDKs wait for an answer. */
const ANSWER_WITHIN_MS = 10_000;
/** Left to itself, gRPC waits ever longer, up to 120 s, before it connects again. */
const RECONNECT_MS = { "grpc.initial_reconnect_backoff_ms": 250, "grpc.max_reconnect_backoff_ms": 1_000 };
/** What OTLP says to send again after. */
const RETRYABLE_STATUS = [429, 502, 503, 504];

/** A connection that broke, or an answer that did not come; not one that could not be made. */
const UNANSWERED =
  /HTTP (ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT)|gRPC ([14] |14 (Connection dropped|read E))/;

/** Requests that a door has on their way at once; the others wait, as in the queue of an SDK. */
const AT_ONCE = 8;

/** OTLP by gRPC. */
export class GrpcDoor implements Door {
  private readonly client: grpc.Client;
  private readonly turns = new Turns(AT_ONCE);

  constructor({ grpc: address }: Pick<Required<Stack>["otlp"], "grpc">) {
    this.client = new grpc.Client(address, grpc.credentials.createInsecure(), RECONNECT_MS);
  }

  send(signal: Signal, body: Buffer): Promise<Outcome> {
    return this.turns.take(() => this.call(signal, body));
  }

  private call(signal: Signal, body: Buffer): Promise<Outcome> {
    const same = (bytes: Buffer) => bytes;
    const deadline = Date.now() + ANSWER_WITHIN_MS;
    return new Promise((resolve) =>
      this.client.makeUnaryRequest(METHOD[signal], same, same, body, { deadline }, (error, answer) => {
        if (error) resolve(notTaken(isRetryable(error), `gRPC ${error.code} ${timeless(reasonOf(error))}`));
        else resolve(taken(answer ?? Buffer.alloc(0)));
      }),
    );
  }

  close(): Promise<void> {
    this.client.close();
    return Promise.resolve();
  }
}

/** OTLP by HTTP, as protocol buffers. */
export class HttpDoor implements Door {
  private readonly pool: Pool;

  constructor({ http }: Pick<Required<Stack>["otlp"], "http">) {
    this.pool = new Pool(http, {
      connections: AT_ONCE,
      headersTimeout: ANSWER_WITHIN_MS,
      bodyTimeout: ANSWER_WITHIN_MS,
    });
  }

  async send(signal: Signal, body: Buffer): Promise<Outcome> {
    try {
      const answer = await this.pool.request({
        path: `/v1/${signal}`,
        method: "POST",
        headers: { "content-type": "application/x-protobuf" },
        body,
      });
      const said = Buffer.from(await answer.body.arrayBuffer());
      if (answer.statusCode === 200) return taken(said);
      const status = answer.statusCode;
      return notTaken(RETRYABLE_STATUS.includes(status), `HTTP ${status} ${readable(said)}`.trim());
    } catch (error) {
      return notTaken(true, `HTTP ${causeOf(error)}`);
    }
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }
}

/** Has no more than so many at work at once. */
class Turns {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((go) => this.waiting.push(go));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}

/** The same words for the same error. */
function timeless(reason: string): string {
  return reason.replace(/ \(\d{4}-[\w:.-]+\)|^\d+ [A-Z_]+: | after [\d.]+s,.*$/g, "");
}

function taken(answer: Buffer): Outcome {
  const rejected = readRejection(answer);
  return rejected === undefined ? "taken" : notTaken(false, rejected);
}

function notTaken(retryable: boolean, said: string): Outcome {
  return { retryable, said, unanswered: UNANSWERED.test(said) };
}

/** The words in an answer, which is a message of protocol buffers. */
function readable(body: Buffer): string {
  return body
    .toString("latin1")
    .replace(/[^\x20-\x7e]+/g, " ")
    .trim()
    .slice(0, 200);
}
