import type { SumoDestination } from "../../settings";
import type { Stack } from "../../scripts/lib/stack";
import { alloyPage, type Counts, type Exporter, NONE, standInPage } from "./fake-alloy";
import { loki, type LogsRequest, type MetricsRequest, mimir, tempo } from "./fake-backends";
import { type FakeAnswer, FakeHttp, type FakeRequest } from "./fake-http";
import { OtlpSink } from "./otlp-sink";

const PASSWORD = "a password";

/** A whole stack in the test's own process: OTLP in, Grafana's proxy and the cluster's API out. */
export class FakeStack {
  readonly logs: LogsRequest[] = [];
  readonly metrics: MetricsRequest[] = [];
  /** Backends that take everything and show nothing. */
  readonly lost = new Set<string>();
  /** What came through on the second path before this run. */
  earlier: Counts = { spans: 7, log_records: 7, metric_points: 7 };
  /** Whether the second path carries what comes. */
  secondPath = true;
  /** Whether OTLP/HTTP answers 200 and yet rejects the metric. */
  rejects = false;
  standInIsUp: () => boolean = () => true;
  /** Whether the stand-in's counts start anew when something is sent. */
  countsAfresh = false;
  /** What Alloy's second path has given up. */
  givenUp = NONE;
  /** Whether Alloy's page shows an exporter of a local path that sends what comes. */
  localExporterSends = false;
  /** Whether Alloy's page shows the exporter of a second path that is off. */
  exporterRemains = false;
  /** In place of the answer of a data source. */
  override: (uid: string, request: FakeRequest) => FakeAnswer = () => undefined;

  private constructor(
    readonly sink: OtlpSink,
    readonly otlp: FakeHttp,
    readonly grafana: FakeHttp,
    readonly api: FakeHttp,
    private readonly destination: SumoDestination,
  ) {}

  static async start(destination: SumoDestination = "stand-in"): Promise<FakeStack> {
    const sink = await OtlpSink.start();
    const otlp = await FakeHttp.start((request) => fake.takeOtlp(request));
    const grafana = await FakeHttp.start((request) => fake.proxy(request));
    const api = await FakeHttp.start((request) => {
      const [, service] =
        /^\/api\/v1\/namespaces\/watchtower\/services\/(.+)\/proxy\/metrics$/.exec(request.path) ?? [];
      const body = service?.endsWith(":12345") ? fake.metricsPage(service.replace(":12345", "")) : undefined;
      return body === undefined ? undefined : { type: "text/plain; version=0.0.4; charset=utf-8", body };
    });
    const fake = new FakeStack(sink, otlp, grafana, api, destination);
    return fake;
  }

  stop(): void {
    this.sink.stop();
    for (const server of [this.otlp, this.grafana, this.api]) server.stop();
  }

  /** The stack as `findStack` tells it. */
  get stack(): Stack & Required<Pick<Stack, "grafana" | "otlp">> {
    return {
      components: ["tempo", "loki", "mimir", "grafana", "alloy"],
      namespace: "watchtower",
      sumoDestination: this.destination,
      grafana: { url: this.grafana.url, user: "admin", password: PASSWORD },
      otlp: { grpc: this.sink.address, http: this.otlp.url },
      cluster: { kubeconfig: "" },
      portForward: [],
    };
  }

  /** Metrics page of a service. */
  metricsPage(service: string): string | undefined {
    const came = {
      spans: this.sink.spans.length,
      log_records: this.logs.length,
      metric_points: this.metrics.length,
    };
    const through = this.secondPath ? came : NONE;
    const anew = this.countsAfresh && Math.max(...Object.values(came)) > 0;
    const counts = anew ? through : sum(this.earlier, through);
    if (service === "sumo-stand-in") return this.standInIsUp() ? standInPage(counts) : undefined;
    if (service !== "alloy") return undefined;
    const sumo: Exporter = {
      name: "sumo",
      sent: counts,
      failed: this.givenUp,
      queuedBytes: this.secondPath ? 0 : 65,
    };
    return alloyPage([
      ...(this.localExporterSends ? [{ name: "tempo", sent: came }] : []),
      ...(this.destination !== "off" || this.exporterRemains ? [sumo] : []),
    ]);
  }

  private takeOtlp({ path, body, headers }: FakeRequest): FakeAnswer {
    if (body === "" && headers["content-type"] === "application/x-protobuf") return { body: "" }; // nothing, and taken
    if (headers["content-type"] !== "application/json") return { status: 415, body: "" };
    if (path === "/v1/logs") this.logs.push(JSON.parse(body) as LogsRequest);
    else if (path === "/v1/metrics") {
      this.metrics.push(JSON.parse(body) as MetricsRequest);
      if (this.rejects) return { body: '{"partialSuccess":{"rejectedDataPoints":"1"}}' };
    } else return undefined;
    return { body: '{"partialSuccess":{}}' };
  }

  private proxy(request: FakeRequest): FakeAnswer {
    const expected = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`;
    if (request.headers.authorization !== expected)
      return { status: 401, body: '{"message":"Invalid username or password"}' };
    const [, uid = "", path = ""] = /^\/api\/datasources\/proxy\/uid\/(\w+)(\/.*)$/.exec(request.path) ?? [];
    const override = this.override(uid, request);
    if (override) return override;
    if (request.path === "/api/health") return { body: '{"database":"ok"}' };
    const shown = !this.lost.has(uid);
    if (uid === "tempo" && /^\/api\/traces\/[0-9a-f]{32}$/.test(path))
      return tempo(request, shown ? this.sink.spans : []);
    if (uid === "loki" && path === "/loki/api/v1/query_range") return loki(request, shown ? this.logs : []);
    if (uid === "mimir" && path === "/api/v1/query") return mimir(request, shown ? this.metrics : []);
    return undefined;
  }
}

function sum(a: Counts, b: Counts): Counts {
  return {
    spans: a.spans + b.spans,
    log_records: a.log_records + b.log_records,
    metric_points: a.metric_points + b.metric_points,
  };
}
