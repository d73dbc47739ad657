import type { Door, Outcome as Attempt } from "../../scripts/e2e-faults/doors";
import { readNumbers } from "../../scripts/e2e-faults/read-numbers";
import type { Rig, TIMES } from "../../scripts/e2e-faults/run-case";
import { Sink } from "../../scripts/e2e-faults/sink";
import type { Signal } from "../../scripts/lib/otlp";
import { waitUntil } from "../../scripts/lib/wait";
import { NumberedBackends } from "./fake-backends-numbered";

/** As long as a second of Retry-After takes here. */
const SECOND_MS = 80;

/** So that nothing takes long. */
export const SOON: typeof TIMES = {
  retryForMs: 1_000,
  recovery: { withinMs: 2_500, unchangedMs: 1_000 },
  settling: { withinMs: 500, unchangedMs: 200 },
  soonMs: 200,
  calmMs: 300,
  keepUpEveryMs: 50,
  freshEveryMs: 50,
  countersEveryMs: 50,
  containersEveryMs: 50,
};

/** A stack in the test's own process: what comes in goes to the backends, and to the sink by HTTP. */
export class FakeRig {
  readonly backends = new NumberedBackends();
  readonly ended = new AbortController();
  /** What was asked of the stack, in order. */
  readonly asked: string[] = [];
  /** What a sender is told, by how many exports have come; by default, that all is taken. */
  answers: (export_: number) => Attempt = () => "taken";
  /** How often each export is written to the backends, and to the sink. */
  copies: { local: number; second: number } = { local: 1, second: 1 };
  alloyLog = "";
  containers = 'container_start_time_seconds{namespace="watchtower",pod="tempo-0",container="tempo"} 1';
  /** Whether Mimir has its blocks still when its ingester has lost its disk. */
  sharesBlocks = true;
  /** Whether the second path's sender waits for as long as it is told to. */
  obeysRetryAfter = true;
  toggles = 1;
  outageMs = 300;
  /** Whether nothing comes by the second path when it is on again for the first time. */
  losesWhenFirstOn = false;
  /** Alloy's port, for what no door of ours sends. */
  http = "http://127.0.0.1:1";
  readonly told: string[] = [];
  /** Exports that were taken so far. */
  took = 0;
  private exports = 0;

  /** Where the second path leads to. */
  private endpoint: string;

  private constructor(readonly sink: Sink) {
    this.endpoint = sink.url();
  }

  static async start(): Promise<FakeRig> {
    return new FakeRig(await Sink.open("127.0.0.1"));
  }

  async stop(): Promise<void> {
    await this.sink.down();
  }

  /** Waits until something is so. */
  async until(isSo: () => boolean): Promise<void> {
    const stuck = await waitUntil(() => Promise.resolve(isSo() ? undefined : "not so"), {
      withinMs: 5_000,
      everyMs: 10,
    });
    expect(stuck).toBeUndefined();
  }

  get rig(): Rig {
    const note = (what: string) => {
      this.asked.push(what);
      return Promise.resolve();
    };
    let switched = 0;
    const live = {
      tools: {
        kube: {
          deletePod: (part: string) => note(`delete ${part}`),
          rollOut: (name: string) => note(`roll out ${name}`),
        },
        shell: { fill: () => note("fill"), empty: () => note("empty") },
      },
      backlog: () => Promise.resolve(undefined),
      notReady: () => Promise.resolve(undefined),
      kill: (part: string, signal: string) => note(`${signal} ${part}`),
      keepAway: async (parts: readonly string[], body: () => Promise<void>) => {
        await note(`keep away ${parts.join(", ")}`);
        await body();
      },
      whileGone: async (part: string, body: () => Promise<void>) => {
        await note(`${part} gone`);
        await body();
        await note(`${part} back`);
      },
      shipBlocks: () => note("ship blocks"),
      loseVolume: (part: string) => {
        if (!this.sharesBlocks) this.backends.loseSamples();
        return note(`lose volume of ${part}`);
      },
      editAlloy: async (edit: (text: string) => string) => {
        await note(edit('otelcol.exporter.otlphttp "sumo_traces" {\n queue_size = 603979776\n}'));
      },
      setEndpoint: (url: string) => {
        this.endpoint = url;
        return note("set endpoint");
      },
      up: () => note("up"),
      setSecondWrite: async (enabled: boolean, beforeUp = () => {}) => {
        beforeUp();
        const loses = this.losesWhenFirstOn && switched === 1;
        this.copies = { ...this.copies, second: enabled && !loses ? 1 : 0 };
        await note(`second write ${enabled ? "on" : "off"}`);
        return 1_000 * Math.ceil(++switched / 2);
      },
      restartNode: () => note("restart node"),
      suspendNode: async (whileAway: () => Promise<void>) => {
        await note("suspend node");
        await whileAway();
        await note("node goes on");
      },
      shrinkVolume: (part: string) => note(`shrink ${part}`),
      volumeOf: () => Promise.resolve("/a/folder"),
    } as unknown as Rig["live"];
    return {
      sink: this.sink,
      sinkSeenAs: "127.0.0.1",
      live,
      otlp: { grpc: "127.0.0.1:1", http: this.http },
      doors: () => [this.door()],
      ask: this.backends.ask,
      readPage: this.backends.page,
      readAlloyLog: () => Promise.resolve(this.alloyLog),
      readContainers: () => Promise.resolve(this.containers),
      namespace: "watchtower",
      options: { rate: 100, loadMs: 300, outageMs: this.outageMs, toggles: this.toggles },
      putBack: (which = () => true) =>
        note(which({ what: "volume", part: "tempo", folder: "" }) ? "put back" : "put back all but volumes"),
      ended: this.ended.signal,
      tell: (text) => void this.told.push(text),
    };
  }

  private door(): Door {
    return {
      send: (signal: Signal, body: Buffer) => {
        const answer = this.answers(this.exports++);
        if (answer !== "taken" && !answer.unanswered) return Promise.resolve(answer);
        const items = readNumbers(signal, body).length;
        this.took++;
        this.backends.count(`accepted ${signal}`, items);
        for (let i = 0; i < this.copies.local; i++) {
          this.backends.take(signal, body);
          this.backends.count(`sent ${signal}`, items);
        }
        for (let i = 0; i < this.copies.second; i++) void this.forward(signal, body);
        return Promise.resolve(answer);
      },
      close: () => Promise.resolve(),
    };
  }

  /** As Alloy does: until it has an answer that says it was taken, or refused for good. */
  private async forward(signal: Signal, body: Buffer): Promise<void> {
    for (;;) {
      const answer = await fetch(`${this.endpoint}/v1/${signal}`, { method: "POST", body }).catch(
        () => undefined,
      );
      if (answer?.status === 401) this.backends.count(`failed ${signal}`, readNumbers(signal, body).length);
      if (answer !== undefined && answer.status < 429) return;
      if (this.ended.signal.aborted) return;
      const retryAfter = this.obeysRetryAfter ? Number(answer?.headers.get("retry-after") ?? 0) : 0;
      await new Promise((resolve) => setTimeout(resolve, Math.max(20, retryAfter * SECOND_MS)));
    }
  }
}
