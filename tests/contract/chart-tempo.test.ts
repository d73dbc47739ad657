import { ADDRESS } from "../../values/shared";
import { tempoValues } from "../../values/tempo";
import { GOES_ON_SECONDS, ROOM, roomScript } from "../../values/tempo-room";
import { VARIANTS, renderOf, toRender, type Variant } from "../helpers/releases";
import { container, mountPath } from "../helpers/render";
import { describeWith } from "../helpers/tools";

/** What is read here of Tempo's own configuration. */
interface TempoConfig {
  compactor: { compaction: { block_retention: string } };
  distributor: { receivers: { otlp: { protocols: Record<string, { endpoint: string }> } } };
  ingester: { lifecycler: { min_ready_duration: string } };
  metrics_generator?: {
    storage: { path: string; remote_write: { url: string; send_exemplars?: boolean }[] };
    traces_storage: { path: string };
  };
  overrides: { defaults: { ingestion: { max_traces_per_user: number }; metrics_generator?: object } };
  storage: { trace: { backend: string; local: { path: string }; wal: { path: string } } };
  usage_report: { reporting_enabled: boolean };
}

function config(variant?: Variant): TempoConfig {
  return renderOf("tempo", variant).config("tempo", "tempo.yaml") as TempoConfig;
}

describeWith(toRender("tempo"), "Tempo, as its chart renders it", () => {
  it("is given all of our configuration", () => {
    const { ingester, overrides, server, storage, metricsGenerator } = tempoValues({
      retention: { traces: 24 },
      withMimir: true,
    }).tempo;
    const { enabled, remoteWriteUrl, ...generator } = metricsGenerator as Record<string, unknown>;
    expect({ enabled, remoteWriteUrl }).toEqual({ enabled: true, remoteWriteUrl: ADDRESS.mimirRemoteWrite });
    expect(config()).toMatchObject({ ingester, overrides, server, storage, metrics_generator: generator });
  });

  it("takes OTLP by gRPC and HTTP from other pods", () => {
    expect(config().distributor.receivers.otlp.protocols).toEqual({
      grpc: { endpoint: "0.0.0.0:4317" },
      http: { endpoint: "0.0.0.0:4318" },
    });
  });

  it("writes span metrics, service graph and exemplars to Mimir", () => {
    const { metrics_generator: generator, overrides } = config();
    expect(generator?.storage.remote_write).toEqual([
      { url: ADDRESS.mimirRemoteWrite, send_exemplars: true },
    ]);
    expect(overrides.defaults.metrics_generator).toMatchObject({
      processors: expect.arrayContaining(["service-graphs", "span-metrics"]) as unknown,
      trace_id_label_name: "trace_id",
    });
  });

  it("says nothing of Mimir when there is none", () => {
    const alone = VARIANTS["without Mimir"]!;
    expect(renderOf("tempo", alone).text).not.toMatch(/mimir/i);
    expect(config(alone)).not.toHaveProperty("metrics_generator");
    expect(config(alone).overrides.defaults).not.toHaveProperty("metrics_generator");
  });

  it("keeps traces as long as the settings say", () => {
    expect(config().compactor.compaction.block_retention).toBe("24h");
    expect(config({ retention: { traces: 7 } }).compactor.compaction.block_retention).toBe("7h");
  });

  it("takes more live traces than the 10,000 over which it discards and still says yes", () => {
    expect(config().overrides.defaults.ingestion.max_traces_per_user).toBeGreaterThan(10_000);
  });

  it("keeps all it writes on its volume, since nothing else of its container can be written", () => {
    const tempo = container(renderOf("tempo").pod(), "tempo");
    expect(renderOf("tempo").pod().claimed).toEqual(["storage"]);
    expect(tempo.securityContext?.readOnlyRootFilesystem).toBe(true);
    const { storage, metrics_generator: generator } = config();
    expect(storage.trace.backend).toBe("local");
    const written = [storage.trace.local, storage.trace.wal, generator!.storage, generator!.traces_storage];
    for (const { path } of written) expect(path.startsWith(`${mountPath(tempo, "storage")}/`)).toBe(true);
  });

  it("has a sidecar that looks at its volume, asks it where it listens, and decides whether the pod is ready", () => {
    const [tempo, room] = ["tempo", ROOM.container].map((name) => container(renderOf("tempo").pod(), name));
    const storage = mountPath(tempo!, "storage")!;
    expect(mountPath(room!, "storage")).toBe(storage);
    const { containerPort } = tempo!.ports!.find(({ name }) => name === "prom-metrics")!;
    const tempoAddress = `http://localhost:${containerPort}`;
    const folder = mountPath(room!, ROOM.volume)!;
    expect(room!.command!.at(-1)).toBe(roomScript({ storage, folder, tempo: tempoAddress }));
    expect(room!.readinessProbe).toMatchObject({
      httpGet: { path: `/${ROOM.page}`, port: ROOM.port },
      periodSeconds: 1,
    });
  });

  it("goes on, once it is told to end, until the pod is not ready and its service leads nowhere", () => {
    const [tempo, room] = ["tempo", ROOM.container].map((name) => container(renderOf("tempo").pod(), name));
    expect(tempo!.args).toContain(`-shutdown-delay=${GOES_ON_SECONDS}s`);
    // `room` ends at once when the pod is deleted; Tempo says that it is not ready when only its process is told to end.
    for (const { readinessProbe } of [tempo!, room!]) {
      const { periodSeconds, timeoutSeconds, failureThreshold } = readinessProbe!;
      expect(GOES_ON_SECONDS).toBeGreaterThan(periodSeconds! * failureThreshold! + timeoutSeconds!);
    }
  });

  it("holds no ballast: the chart's own of 1 GiB is twice the pod's limit", () => {
    expect(container(renderOf("tempo").pod(), "tempo").args).toContain("-mem-ballast-size-mbs=0");
  });

  it("is ready as soon as it can be, and tells nobody that it runs", () => {
    expect(config().ingester.lifecycler.min_ready_duration).toBe("0s");
    expect(config().usage_report.reporting_enabled).toBe(false);
  });
});
