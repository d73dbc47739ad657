import * as fs from "node:fs";
import * as path from "node:path";
import { alloyConfig } from "../../alloy/compose";
import { OWN_METRICS } from "../../alloy/own-metrics";
import { exportErrors } from "../../scripts/lib/alloy-log";
import { readPaths } from "../../scripts/lib/paths";
import { parseMetrics } from "../../scripts/lib/prometheus";
import { waitUntil } from "../../scripts/lib/wait";
import { ADDRESS } from "../../values/shared";
import { COMPONENTS } from "../../versions";
import { FakeKube } from "../helpers/fake-kube";
import { PlainAlloy } from "../helpers/plain-alloy";
import { PushSink } from "../helpers/push-sink";
import { describeWith, program } from "../helpers/tools";

const alloy = program("alloy");
const TOKEN = "ZaVnC4dhaV1-endpoint-token==";
const components = new Set(COMPONENTS);
const SPAN = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", name: "a request" };

/** Runs a whole Alloy, with a Sumo that refuses what it is sent, in a cluster that tells of Alloy's own pod alone. */
describeWith([alloy], "the real Alloy, reading itself while Sumo refuses it", () => {
  let sink: PushSink;
  let kube: FakeKube;
  let real: PlainAlloy;

  beforeAll(async () => {
    sink = await PushSink.start();
    real = await PlainAlloy.prepare((config) => withNeighbours(config, sink, kube));
    const ports = [
      { name: "http-metrics", containerPort: Number(real.ports.page) },
      { name: "otlp-http", containerPort: Number(real.ports.http) },
    ];
    const pod = { name: "alloy-0", instance: "alloy", container: "alloy", ports };
    kube = await FakeKube.start([pod], ["Back-off restarting failed container"]);
    real.writeEndpoint(`${sink.url}/receiver/v1/otlp/${TOKEN}`);
    real.write(alloyConfig({ components, secondPath: true }));
    real.start((line) => kube.log(line));
    await until(() => kube.followed > 0, "Alloy to follow its own log");
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [SPAN] }] }] });
    const headers = { "content-type": "application/json" };
    await fetch(`http://127.0.0.1:${real.ports.http}/v1/traces`, { method: "POST", body, headers });
    await until(() => sink.lines.some(({ line }) => line.includes("401")), "the log of the refusal");
    await until(() => failed().length > 0, "the count of the refusal");
    await until(() => sink.series.some(({ job }) => job === "watchtower/kubelet"), "the kubelet's state");
  }, 60_000);

  afterAll(async () => {
    await real.remove();
    kube.stop();
    sink.stop();
  });

  async function until(there: () => boolean, what: string): Promise<void> {
    const missing = () => Promise.resolve(there() ? undefined : `${what}; Alloy says: ${real.said.at(-1)}`);
    const stuck = await waitUntil(missing, { withinMs: 25_000, everyMs: 100 });
    if (stuck !== undefined) throw new Error(`no sign of ${stuck}`);
  }

  // Tempo's exporter is refused here, too, and may be counted first.
  const failed = () =>
    sink.series.filter(
      ({ __name__, path }) => __name__ === "otelcol_exporter_send_failed_spans_total" && path === "sumo",
    );

  it("counts on its own page, as status and compare read it, what each path lost", async () => {
    const { paths, accepted, itemBytes, configAccepted } = readPaths(
      parseMetrics(await real.page("metrics")),
    );
    expect(paths.map(({ signal, exporter }) => `${signal} ${exporter}`)).toEqual([
      "traces tempo",
      "traces sumo",
      "logs loki",
      "logs sumo",
      "metrics mimir",
      "metrics sumo",
    ]);
    const nothing = { sent: 0, overflown: 0, queuedBytes: 0 };
    expect(paths.slice(0, 2)).toEqual([
      { signal: "traces", exporter: "tempo", ...nothing, givenUp: 1, capacityBytes: boundOf("tempo") },
      { signal: "traces", exporter: "sumo", ...nothing, givenUp: 1, capacityBytes: boundOf("sumo") },
    ]);
    expect([accepted, configAccepted]).toEqual([{ traces: 1, metrics: 0, logs: 0 }, true]);
    expect(itemBytes.traces).toBeGreaterThan(30);
  });

  it("tells in its log, as status reads it, what the second path gave up, and never where it was sent", () => {
    const errors = exportErrors(real.said.join("\n")).filter(({ exporter }) => exporter === "sumo");
    expect(errors).toEqual([
      {
        exporter: "sumo",
        signal: "traces",
        at: expect.any(Date) as Date,
        final: true,
        reason: "HTTP Status Code 401",
      },
    ]);
    expect(Date.now() - errors[0]!.at.getTime()).toBeLessThan(60_000);
  });

  it("counts what was refused, and tells why, without the address it was sent to", () => {
    expect(sink.refused).toBeGreaterThan(0);
    expect(failed()[0]).toEqual({
      __name__: "otelcol_exporter_send_failed_spans_total",
      job: "watchtower/alloy",
      instance: "alloy-0",
      path: "sumo",
      signal: "traces",
      error_permanent: "true",
      error_type: "Unauthenticated",
    });
  });

  it("writes the token into no series and no line, though its own log has it", () => {
    expect(real.said.join("\n")).toContain(TOKEN);
    expect(JSON.stringify(sink.series)).not.toContain(TOKEN);
    expect(JSON.stringify(sink.lines)).not.toContain(TOKEN);
    const refusal = sink.lines.find(({ line }) => line.includes("401"))!;
    expect(refusal.line).toMatch(/request to https?:\/\/<redacted> responded with HTTP Status Code 401/);
  });

  it("keeps only series that somebody asks for, all under jobs of its own", () => {
    const names = new Set(sink.series.map(({ __name__ }) => __name__));
    expect([...names].filter((name) => !OWN_METRICS.includes(name!))).toEqual([]);
    expect(new Set(sink.series.map(({ job }) => job))).toEqual(
      new Set(["watchtower/alloy", "watchtower/kubelet"]),
    );
  });

  it("reads each line once, whatever ports the container has, and labels it as the stack's own", () => {
    expect(kube.followed).toBe(1);
    const line = sink.lines.find(({ line }) => line.includes("401"))!;
    expect(line.labels).toBe(
      '{container="alloy", job="watchtower/pods", pod="alloy-0", service_name="watchtower/alloy"}',
    );
  });

  it("reads the namespace's events", () => {
    const event = sink.lines.find(({ line }) => line.includes("Back-off restarting failed container"));
    expect(event?.labels).toBe('{job="watchtower/events", namespace="watchtower"}');
  });

  it("asks the cluster for nothing outside the namespace", () => {
    const everyonesOwn = ["/api", "/apis", "/api/v1", "/version"];
    const outside = [...kube.asked].filter(
      (asked) => !asked.startsWith("/api/v1/namespaces/watchtower/") && !everyonesOwn.includes(asked),
    );
    expect(outside).toEqual([]);
  });
});

/** Bytes that a queue may hold, as its path's file says it. */
function boundOf(exporter: string): number {
  const file = exporter === "sumo" ? "sumo-signal" : "local";
  const text = fs.readFileSync(path.join(__dirname, `../../alloy/${file}.alloy`), "utf8");
  return Number(/queue_size\s*= (\d+)/.exec(text)![1]);
}

/** The configuration with this test's neighbours, its cluster and its pace. */
function withNeighbours(config: string, sink: PushSink, kube: FakeKube): string {
  const client = `client {\n\t\tapi_server = "${kube.url}"\n\t}`;
  return config
    .replace(ADDRESS.mimirRemoteWrite, `${sink.url}/api/v1/push`)
    .replace(ADDRESS.lokiPush, `${sink.url}/loki/api/v1/push`)
    .replace(/http:\/\/[\w-]+\.watchtower\.svc:\d+/g, sink.url)
    .replace('role = "pod"', `role = "pod"\n\tapi_server = "${kube.url}"`)
    .replace(/(loki\.source\.\w+ "own" \{\n)/g, `$1\t${client}\n`)
    .replace(/scrape_(interval|timeout)( *)= "\d+s"/g, 'scrape_$1$2= "1s"')
    .replace(/bearer_token_file = .*\n/, "\n");
}
