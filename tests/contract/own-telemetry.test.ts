import { alloyConfig } from "../../alloy/compose";
import { OWN_METRICS } from "../../alloy/own-metrics";
import { waitUntil } from "../../scripts/lib/wait";
import { ADDRESS } from "../../values/shared";
import { COMPONENTS } from "../../versions";
import { alloy, AlloyHere } from "../helpers/alloy-here";
import { FakeKube } from "../helpers/fake-kube";
import { freePorts } from "../helpers/ports";
import { PushSink } from "../helpers/push-sink";
import { describeWith } from "../helpers/tools";

const TOKEN = "ZaVnC4dhaV1-endpoint-token==";
const components = new Set(COMPONENTS);
const SPAN = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", name: "a request" };

/** Runs a whole Alloy, with a Sumo that refuses what it is sent, in a cluster that tells of Alloy's own pod alone. */
describeWith([alloy], "the real Alloy, reading itself while Sumo refuses it", () => {
  let here: AlloyHere;
  let sink: PushSink;
  let kube: FakeKube;

  beforeAll(async () => {
    const [page, grpc, http] = (await freePorts(3)) as [string, string, string];
    here = new AlloyHere({ page, grpc, http });
    sink = await PushSink.start();
    const ports = [
      { name: "http-metrics", containerPort: Number(page) },
      { name: "otlp-http", containerPort: Number(http) },
    ];
    const pod = { name: "alloy-0", instance: "alloy", container: "alloy", ports };
    kube = await FakeKube.start([pod], ["Back-off restarting failed container"]);
    here.setEndpoint(`${sink.url}/receiver/v1/otlp/${TOKEN}`);
    here.configure(withNeighbours(sink, kube));
    here.onLine = (line) => kube.log(line);
    here.start();
    await until(() => kube.followed > 0, "Alloy to follow its own log");
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [SPAN] }] }] });
    const headers = { "content-type": "application/json" };
    await fetch(`http://127.0.0.1:${http}/v1/traces`, { method: "POST", body, headers });
    await until(() => sink.lines.some(({ line }) => line.includes("401")), "the log of the refusal");
    await until(() => failed().length > 0, "the count of the refusal");
    await until(() => sink.series.some(({ job }) => job === "watchtower/kubelet"), "the kubelet's state");
  }, 60_000);

  afterAll(async () => {
    await here.remove();
    kube.stop();
    sink.stop();
  });

  async function until(there: () => boolean, what: string): Promise<void> {
    const missing = () => Promise.resolve(there() ? undefined : `${what}; Alloy says: ${here.said.at(-1)}`);
    const stuck = await waitUntil(missing, { withinMs: 25_000, everyMs: 100 });
    if (stuck !== undefined) throw new Error(`no sign of ${stuck}`);
  }

  // Tempo's exporter is refused here, too, and may be counted first.
  const failed = () =>
    sink.series.filter(
      ({ __name__, path }) => __name__ === "otelcol_exporter_send_failed_spans_total" && path === "sumo",
    );

  it("counts what was refused, and tells why, without the address it was sent to", () => {
    expect(sink.refused).toBeGreaterThan(0);
    expect(failed()[0]).toEqual({
      __name__: "otelcol_exporter_send_failed_spans_total",
      job: "watchtower/alloy",
      instance: "alloy-0",
      path: "sumo",
      error_permanent: "true",
      error_type: "Unauthenticated",
    });
  });

  it("writes the token into no series and no line, though its own log has it", () => {
    expect(here.said.join("\n")).toContain(TOKEN);
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

/** The configuration of the pod, with other neighbours, another cluster, and quicker. */
function withNeighbours(sink: PushSink, kube: FakeKube): string {
  const client = `client {\n\t\tapi_server = "${kube.url}"\n\t}`;
  return alloyConfig({ components, secondPath: true })
    .replace(ADDRESS.mimirRemoteWrite, `${sink.url}/api/v1/push`)
    .replace(ADDRESS.lokiPush, `${sink.url}/loki/api/v1/push`)
    .replace(/http:\/\/[\w-]+\.watchtower\.svc:\d+/g, sink.url)
    .replace('role = "pod"', `role = "pod"\n\tapi_server = "${kube.url}"`)
    .replace(/(loki\.source\.\w+ "own" \{\n)/g, `$1\t${client}\n`)
    .replace(/scrape_(interval|timeout)( *)= "\d+s"/g, 'scrape_$1$2= "1s"')
    .replace(/bearer_token_file = .*\n/, "\n");
}
