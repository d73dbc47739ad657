import { exportErrors } from "../../scripts/lib/alloy-log";
import { flowBetween, readPaths } from "../../scripts/lib/paths";
import { parseMetrics } from "../../scripts/lib/prometheus";
import {
  alloyPage,
  type Counts,
  type Exporter,
  ITEM_BYTES,
  NONE,
  type OwnState,
} from "../helpers/fake-alloy";

const spans = (count: number): Counts => ({ ...NONE, spans: count });
const T0 = 1_800_000_000_000;

/** A reading, so many seconds after the first. */
function reading(exporters: Exporter[], own: OwnState = {}, afterS = 0) {
  return readPaths(parseMetrics(alloyPage(exporters, own)), T0 + afterS * 1_000);
}

describe("a reading of Alloy's page", () => {
  it("has each signal on each path that Alloy runs, and no other", () => {
    const { paths } = reading([
      { name: "tempo", sent: spans(7), failed: spans(1), queuedBytes: 65 },
      { name: "sumo" },
    ]);
    expect(paths.map(({ signal, exporter }) => `${signal} ${exporter}`)).toEqual([
      "traces tempo",
      "traces sumo",
      "logs sumo",
      "metrics sumo",
    ]);
    const capacityBytes = 192 * 2 ** 20;
    expect(paths[0]).toEqual({
      ...{ signal: "traces", exporter: "tempo", sent: 7, givenUp: 1, overflown: 0 },
      ...{ queuedBytes: 65, capacityBytes },
    });
  });

  it("tells whether Alloy took its newest configuration", () => {
    expect(reading([]).configAccepted).toBe(true);
    expect(reading([], { configAccepted: false }).configAccepted).toBe(false);
  });

  it("takes no page of another program for one of a healthy Alloy", () => {
    expect(readPaths(parseMetrics("go_goroutines 7\n"))).toMatchObject({ paths: [], configAccepted: false });
  });
});

describe("what flowed between two readings", () => {
  const flow = (first: Exporter, own: OwnState, second: Exporter, later: OwnState) =>
    flowBetween(reading([first], own), reading([second], later, 10))[0]!;

  it("is told a second, with nothing behind where a queue was once empty", () => {
    const seen = flow(
      { name: "tempo", sent: spans(100), queuedBytes: 0 },
      { accepted: spans(100) },
      { name: "tempo", sent: spans(150), queuedBytes: 500 },
      { accepted: spans(160) },
    );
    expect(seen).toMatchObject({ inPerSecond: 6, sentPerSecond: 5, lost: 0, waitingBytes: 0, lagSeconds: 0 });
  });

  it("lags by as many seconds as what waits would take to come in", () => {
    const seen = flow(
      { name: "tempo", sent: spans(100), queuedBytes: 400 * ITEM_BYTES },
      { accepted: spans(500) },
      { name: "tempo", sent: spans(100), queuedBytes: 450 * ITEM_BYTES },
      { accepted: spans(550) },
    );
    expect(seen).toMatchObject({
      inPerSecond: 5,
      sentPerSecond: 0,
      waitingBytes: 400 * ITEM_BYTES,
      lagSeconds: 80,
    });
  });

  it("lags by nobody knows how much when something waits and nothing comes in", () => {
    const same = { name: "tempo", sent: spans(100), queuedBytes: 400 };
    expect(flow(same, {}, same, {}).lagSeconds).toBeUndefined();
  });

  it("counts what was lost since, refused for good or for want of room", () => {
    const own = { accepted: spans(100) };
    const before = { name: "tempo", sent: spans(9), failed: spans(1) };
    const after = { name: "tempo", sent: spans(9), failed: spans(4), overflown: spans(2) };
    expect(flow(before, own, after, own)).toMatchObject({ lost: 5, givenUp: 4, overflown: 2 });
  });

  it("begins anew with an Alloy that has", () => {
    const startedAt = T0 / 1_000 + 5;
    const seen = flow(
      { name: "tempo", sent: spans(1_000) },
      { accepted: spans(1_000) },
      { name: "tempo", sent: spans(50) },
      { accepted: spans(50), startedAt },
    );
    expect(seen).toMatchObject({ inPerSecond: 10, sentPerSecond: 10, lost: 0 }); // within the 5 s that it runs
  });
});

/** As Alloy 1.18 writes them. */
const line = (what: string, exporter: string, error: string) =>
  `ts=2026-11-24T00:59:15.468749458Z level=info msg="Exporting failed. ${what}" component_path=/ component_id=otelcol.exporter.otlphttp.${exporter} error=${error} interval=1.47s`;
const RETRY = "Will retry the request after interval.";
const DROP = "Dropping data.";
const TOKEN = "ZaVnC4dhaV1==";

describe("what Alloy's log tells of failed attempts", () => {
  const reasonOf = (what: string, signal: string, error: string) =>
    exportErrors(line(what, `sumo_${signal}`, error))[0];

  it("is whose attempt failed, when, of which signal, and whether it goes on", () => {
    const refused = `"rpc error: code = Unavailable desc = error exporting items, request to http://loki.svc:3100/otlp/v1/logs responded with HTTP Status Code 503"`;
    const other =
      'ts=2026-11-24T00:59:16Z level=info msg="starting" component_id=otelcol.exporter.otlphttp.loki';
    const log = [other, line(RETRY, "loki", refused), "", "no logfmt"].join("\n");
    expect(exportErrors(log)).toEqual([
      {
        exporter: "loki",
        signal: "logs",
        at: new Date("2026-11-24T00:59:15.468Z"),
        final: false,
        reason: "HTTP Status Code 503",
      },
    ]);
  });

  it.each([
    [
      "a refusal for good",
      DROP,
      `"not retryable error: Permanent error: rpc error: code = Unauthenticated desc = error exporting items, request to https://sumo.example/receiver/v1/otlp/${TOKEN}/v1/traces responded with HTTP Status Code 401, Message=Bad token, Details=[]"`,
      { signal: "traces", final: true, reason: "HTTP Status Code 401, Message=Bad token" },
    ],
    [
      "no connection",
      RETRY,
      `"failed to make an HTTP request: Post \\"https://sumo.example/receiver/v1/otlp/${TOKEN}/v1/metrics\\": dial tcp: lookup sumo.example: no such host"`,
      {
        signal: "metrics",
        final: false,
        reason: 'Post "<redacted>": dial tcp: lookup sumo.example: no such host',
      },
    ],
    [
      "data that the queue on disk still has",
      DROP,
      `"interrupted due to shutdown: failed to make an HTTP request: Post \\"https://sumo.example/receiver/v1/otlp/${TOKEN}/v1/logs\\": EOF"`,
      { signal: "logs", final: false, reason: 'Post "<redacted>": EOF' },
    ],
    ["a word without quotes", RETRY, "EOF", { signal: "logs", final: false, reason: "EOF" }],
  ])("tells %s shortly, and never where the token is", (_, what, error, told) => {
    expect(reasonOf(what, told.signal, error)).toMatchObject(told);
    expect(JSON.stringify(reasonOf(what, told.signal, error))).not.toContain(TOKEN);
  });
});
