import { setTimeout as sleep } from "node:timers/promises";
import { alloyConfig } from "../../alloy/compose";
import { notInEffect } from "../../scripts/lib/in-effect";
import { waitUntil } from "../../scripts/lib/wait";
import { ADDRESS } from "../../values/shared";
import { OtlpSink } from "../helpers/otlp-sink";
import { PlainAlloy } from "../helpers/plain-alloy";
import { describeWith, program } from "../helpers/tools";

const components = new Set(["tempo"] as const);
const AT = { startTimeUnixNano: "1790000000000000000", endTimeUnixNano: "1790000000000000001" };
const [TIME, MESSAGE] = [AT.startTimeUnixNano, { stringValue: "a line" }];
const ONE_OF_EACH = {
  traces: spanOf("a span"),
  logs: { resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: TIME, body: MESSAGE }] }] }] },
  metrics: {
    resourceMetrics: [
      {
        scopeMetrics: [
          { metrics: [{ name: "points", sum: { dataPoints: [{ timeUnixNano: TIME, asInt: 1 }] } }] },
        ],
      },
    ],
  },
};
/** As long as OpenTelemetry's SDKs wait for an answer. */
const SENDERS_WAIT_MS = 10_000;
const DUAL = alloyConfig({ components, secondPath: true });
const LOCAL_ALONE = alloyConfig({ components, secondPath: false });

describeWith([program("alloy")], "the real Alloy, between Tempo and Sumo", () => {
  let tempo: OtlpSink;
  let sumo: OtlpSink;
  let alloy: PlainAlloy;

  beforeEach(async () => {
    tempo = await OtlpSink.start();
    sumo = await OtlpSink.start();
    alloy = await PlainAlloy.prepare((config) =>
      config.replace(ADDRESS.tempoOtlp, tempo.url).replaceAll('compression = "gzip"', 'compression = "none"'),
    );
    alloy.writeEndpoint(sumo.url);
    alloy.write(DUAL);
    alloy.start();
  });
  afterEach(async () => {
    await alloy.remove();
    tempo.stop();
    sumo.stop();
  });

  it("keeps what is queued for Sumo while the second write is off, and sends it once it is on again", async () => {
    sumo.answer = () => "try later";
    const before = await send(1, 20);
    await arrived(tempo, before);
    await alloy.reload(LOCAL_ALONE);
    const meanwhile = await send(21, 40);
    await arrived(tempo, [...before, ...meanwhile]);
    sumo.answer = () => undefined;
    await alloy.reload(DUAL);
    const after = await send(41, 60);
    await arrived(sumo, [...before, ...after]);
    await arrived(tempo, [...before, ...meanwhile, ...after]);
  }, 60_000);

  it("is seen to take each switch of the second write, and a changed endpoint", async () => {
    const whyNot = (endpoint: string, sumoDestination: "sumo" | "off" = "sumo") => {
      const credentials = () => Promise.resolve({ endpoint, "headers.json": "{}" });
      const page = (path: string) => alloy.page(path);
      return notInEffect({ components: ["tempo"], sumoDestination }, { page, credentials });
    };
    const inEffect = (...of: Parameters<typeof whyNot>) =>
      until(async () => (await whyNot(...of)) === undefined, "the switch");
    await inEffect(sumo.url);
    await alloy.reload(LOCAL_ALONE);
    await inEffect(sumo.url, "off");
    await alloy.reload(DUAL);
    await inEffect(sumo.url);
    const other = `${sumo.url}/other`;
    expect(await whyNot(other)).toMatch(/former address/);
    alloy.writeEndpoint(other);
    await inEffect(other);
  }, 60_000);

  it("loses nothing that it has acknowledged when it is killed while Sumo is away, on either path", async () => {
    sumo.answer = () => "try later";
    const sent = await send(1, 200);
    await alloy.kill();
    sumo.answer = () => undefined;
    alloy.start();
    await arrived(sumo, sent);
    await reached(tempo, sent); // twice what was on its way: its answer was lost
  }, 60_000);

  it("tells a sender nothing of a Sumo that refuses for good, and loses nothing locally", async () => {
    sumo.answer = () => "who are you";
    const sent = await send(1, 50);
    await arrived(tempo, sent);
    const refused = /^otelcol_exporter_send_failed_spans_total\{.*otlphttp\.sumo.*\} 50$/m;
    await until(async () => refused.test(await alloy.page("metrics")), "the count of what Sumo refused");
  }, 60_000);

  it("keeps no sender waiting for longer than senders wait, when the endpoint is changed while Sumo hangs", async () => {
    const hanging = new Set<string>();
    sumo.answer = (signal) => {
      hanging.add(signal);
      return "silence";
    };
    const next = await OtlpSink.start();
    const longest = { ms: 0 };
    const senders = sendAll(() => next.spans.length > 0, longest);
    await until(() => hanging.size === 3, "requests that hang");
    alloy.writeEndpoint(next.url);
    await senders;
    next.stop();
    expect(longest.ms).toBeLessThan(SENDERS_WAIT_MS);
  }, 90_000);

  /** Sends all three signals, over and over, and notes how long the slowest answer took. */
  async function sendAll(isOver: () => boolean, longest: { ms: number }): Promise<void> {
    const endsAt = Date.now() + 60_000;
    const send = async (signal: string, body: object) => {
      while (!isOver() && Date.now() < endsAt) {
        const began = Date.now();
        await post(signal, body);
        longest.ms = Math.max(longest.ms, Date.now() - began);
        await sleep(100);
      }
    };
    await Promise.all(Object.entries(ONE_OF_EACH).map(([signal, body]) => send(signal, body)));
  }

  /** Sends spans with these numbers, one a request, each until it is acknowledged. */
  async function send(from: number, to: number): Promise<string[]> {
    const names = Array.from({ length: to - from + 1 }, (_, i) => `span ${from + i}`);
    for (const name of names) await until(() => acknowledged(name), "an OTLP port");
    return names;
  }

  function acknowledged(name: string): Promise<boolean> {
    return post("traces", spanOf(name));
  }

  async function post(signal: string, message: object): Promise<boolean> {
    const [body, headers] = [JSON.stringify(message), { "content-type": "application/json" }];
    const url = `http://127.0.0.1:${alloy.ports.http}/v1/${signal}`;
    return fetch(url, { method: "POST", body, headers }).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** Each of them is there, and once. */
  async function arrived(sink: OtlpSink, names: string[]): Promise<void> {
    await reached(sink, names);
    expect(sink.spans.map(({ name }) => name).sort()).toEqual([...names].sort());
  }

  async function reached(sink: OtlpSink, names: string[]): Promise<void> {
    const missing = () => {
      const there = new Set(sink.spans.map(({ name }) => name));
      return names.every((name) => there.has(name));
    };
    await until(missing, `all of ${names.length} spans`);
  }

  async function until(there: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const why = async () => ((await there()) ? undefined : `${what}; Alloy says: ${alloy.said.at(-1)}`);
    const stuck = await waitUntil(why, { withinMs: 25_000, everyMs: 50 });
    if (stuck !== undefined) throw new Error(`no sign of ${stuck}`);
  }
});

function spanOf(name: string) {
  const span = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", name, ...AT };
  return { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] };
}
