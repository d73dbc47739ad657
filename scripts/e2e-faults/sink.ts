import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type Signal, SIGNALS, writeAnswer } from "../lib/otlp";
import { accept, type Behaviour } from "./behaviour";
import { each, type Items } from "./ledger";
import { readNumbers } from "./read-numbers";
import { Tally } from "./tally";

const BASE_PATH = "/receiver/v1/otlp/numbered";
/** What comes to any path of ours; those after the first have a number. */
const OURS = new RegExp(`^(${BASE_PATH}(?:-\\d+)?)/v1/(\\w+)$`);
const unzip = promisify(gunzip);

/** What came of one run. */
export interface Received {
  seen: Record<Signal, Tally>;
  /** Items that were taken, but whose answer cannot have arrived: these may come again. */
  unanswered: Items;
}

/** What a sink has done for a while. */
export interface Notes {
  /** Each status, or `reset`, with how often. */
  answers: Record<string, number>;
  /** Sizes as they came, so mostly compressed. */
  payloads: { taken: number; medianBytes: number; maxBytes: number };
}

/** An OTLP/HTTP receiver in Sumo's place, which counts every numbered item, and misbehaves as it is told. */
export class Sink {
  /** What it does with requests, from now on. */
  behaviour: Behaviour = accept;
  /** Path of the endpoint; what still comes to a former one is served, too. */
  path = BASE_PATH;
  private paths = 1;
  private readonly runs = new Map<string, Received>();
  private readonly answers = new Map<string, number>();
  private sizes: number[] = [];
  private server?: http.Server;

  private constructor(
    private readonly host: string,
    private port: number,
  ) {}

  /** @param host address that Alloy reaches; it is bound to that alone */
  static async open(host: string): Promise<Sink> {
    const sink = new Sink(host, 0);
    await sink.up();
    return sink;
  }

  /** What a stack's `sumoEndpoint` has to be. */
  url(host = this.host): string {
    return `http://${host}:${this.port}${this.path}`;
  }

  /** Has another path from now on. */
  move(): void {
    this.path = `${BASE_PATH}-${++this.paths}`;
  }

  /** What came of a run since this was first asked; from then on it is counted. */
  received(run: string): Received {
    const received = this.runs.get(run) ?? {
      seen: each(() => new Tally()),
      unanswered: each(() => 0),
    };
    this.runs.set(run, received);
    return received;
  }

  /** What was answered, and what was taken, since this was asked the last time. */
  takeNotes(): Notes {
    const sizes = this.sizes.sort((a, b) => a - b);
    const answers = Object.fromEntries(this.answers);
    this.answers.clear();
    this.sizes = [];
    const medianBytes = sizes[Math.floor(sizes.length / 2)] ?? 0;
    return { answers, payloads: { taken: sizes.length, medianBytes, maxBytes: sizes.at(-1) ?? 0 } };
  }

  /** Begins to listen, at the same port as before. */
  async up(): Promise<void> {
    if (this.server) return;
    const server = http.createServer((request, response) => {
      this.serve(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.port, this.host, resolve);
    });
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Listens no more, and breaks off what is under way. */
  async down(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const [, path = "", last] = OURS.exec(request.url ?? "") ?? [];
    const signal = SIGNALS.find((one) => one === last);
    const sent = await buffer(request);
    if (!signal) return void response.writeHead(404).end();
    const body = request.headers["content-encoding"] === "gzip" ? await unzip(sent) : sent;
    let taken: (() => void) | undefined;
    await this.behaviour({
      path,
      take: () => (taken = this.take(signal, body, sent.length)),
      answer: (status, headers = {}) => {
        this.count(String(status));
        if (response.destroyed) return; // the sender has left: what was taken stays unanswered
        response.writeHead(status, { "content-type": "application/x-protobuf", ...headers });
        response.end(status === 200 ? writeAnswer() : undefined);
        if (status === 200) taken?.();
      },
      reset: () => {
        this.count("reset");
        request.socket.resetAndDestroy();
      },
    });
  }

  /** @returns what to call once the answer is on its way */
  private take(signal: Signal, body: Uint8Array, size: number): () => void {
    this.sizes.push(size);
    const ofRun = new Map<string, number>();
    for (const { run, number } of readNumbers(signal, body)) {
      const received = this.runs.get(run);
      if (!received) continue; // another sender's
      received.seen[signal].add(number);
      ofRun.set(run, (ofRun.get(run) ?? 0) + 1);
    }
    const account = (sign: 1 | -1) => {
      for (const [run, items] of ofRun) this.received(run).unanswered[signal] += sign * items;
    };
    account(1);
    return () => account(-1);
  }

  private count(answer: string): void {
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
  }
}
