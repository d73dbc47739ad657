import type { RetentionHours } from "../settings/defaults";
import { ADDRESS, goMemoryLimit, type HelmValues, QUICK_READINESS, RESTRICTED } from "./shared";
import { SIZE } from "./sizes";
import { GOES_ON_SECONDS, ROOM, roomContainer } from "./tempo-room";

/** What Tempo's values depend on. */
export interface TempoSettings {
  retention: Pick<RetentionHours, "traces">;
  imageRegistry?: string;
  /** Whether Mimir is there to take span metrics and the service graph. */
  withMimir: boolean;
}

/** Dimensions of span metrics and service graph beyond Tempo's own: few, since each multiplies the series. */
const DIMENSIONS = ["service.namespace", "deployment.environment"];

/** Values of the `tempo` chart (grafana-community 2.x): the single binary, on a local volume. */
export function tempoValues({ retention, imageRegistry, withMimir }: TempoSettings) {
  return {
    fullnameOverride: "tempo",
    global: { imageRegistry },
    tempo: {
      memBallastSizeMbs: 0, // chart: a ballast of 1 GiB, killed at our limit
      reportingEnabled: false,
      retention: `${retention.traces}h`,
      resources: SIZE.tempo,
      extraEnv: [goMemoryLimit(SIZE.tempo)],
      securityContext: { ...RESTRICTED, readOnlyRootFilesystem: true }, // chart: none
      extraArgs: { "shutdown-delay": `${GOES_ON_SECONDS}s` }, // default 0: it ends while its service leads to it
      // Receivers stay the chart's: its port list reads jaeger's four protocols even when they are null.
      // Default 30 s, and a query that comes as Tempo ends is never answered: nobody is served for that long.
      server: { graceful_shutdown_timeout: "2s" },
      storage: {
        trace: {
          backend: "local",
          local: { path: "/var/tempo/traces" },
          wal: { path: "/var/tempo/wal" },
          block: { parquet_row_group_size_bytes: 20_000_000 }, // default 100 MB, held in memory
          search: { read_buffer_size_bytes: 65_536 }, // default 1 MiB, for each column of a block that is read
        },
      },
      ingester: {
        // Spans are in memory alone until their trace is idle or old, and looked at: what a SIGKILL can lose, 2 s at most.
        trace_idle_period: "500ms",
        trace_live_period: "1s", // default 30 s: of a trace that goes on for longer, that much
        flush_check_period: "1s",
        lifecycler: { min_ready_duration: "0s" }, // default 15 s of "not ready"
        // Each look writes a file, and all files of a block are read at once when it is completed: the 281 of 5 minutes
        // at 60 requests/s took more than 512 MiB, those of a minute at 100 took 420.
        max_block_duration: "30s",
        max_block_bytes: 20_000_000,
        concurrent_flushes: 1, // default 4 blocks at once: after a burst they took more than 1 GiB, and again at every start
      },
      metricsGenerator: withMimir ? metricsGenerator() : { enabled: false },
      overrides: {
        defaults: {
          global: { max_bytes_per_trace: 20_000_000 }, // over it (default 5 MB) Tempo discards and still answers "success"
          ingestion: {
            max_traces_per_user: 100_000, // default 10,000; over it the same
            rate_limit_bytes: 30_000_000,
            burst_size_bytes: 60_000_000,
          },
          ...(withMimir && {
            metrics_generator: {
              processors: ["service-graphs", "span-metrics", "local-blocks"],
              collection_interval: "15s",
              trace_id_label_name: "trace_id", // default traceID; Mimir's own OTLP exemplars say trace_id
            },
          }),
        },
      },
      livenessProbe: { initialDelaySeconds: 30 },
      // From a SIGTERM on it says that it is not ready, and its service has to lead nowhere before it ends (GOES_ON_SECONDS).
      readinessProbe: { ...QUICK_READINESS, periodSeconds: 1, failureThreshold: 2, timeoutSeconds: 5 },
    },
    persistence: { enabled: true, size: "5Gi" },
    extraContainers: [roomContainer(imageRegistry)],
    extraVolumes: [{ name: ROOM.volume, emptyDir: {} }],
    securityContext: {
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      runAsNonRoot: true,
      seccompProfile: RESTRICTED.seccompProfile,
    },
    serviceAccount: { automountServiceAccountToken: false },
  } satisfies HelmValues;
}

function metricsGenerator() {
  return {
    enabled: true,
    remoteWriteUrl: ADDRESS.mimirRemoteWrite,
    processor: {
      service_graphs: { dimensions: DIMENSIONS },
      span_metrics: { dimensions: DIMENSIONS, enable_target_info: true },
      local_blocks: { filter_server_spans: false, flush_to_storage: true },
    },
    registry: { collection_interval: "15s", external_labels: { source: "tempo" } },
    storage: {
      path: "/var/tempo/generator/wal",
      remote_write: [{ url: ADDRESS.mimirRemoteWrite, send_exemplars: true }],
    },
    traces_storage: { path: "/var/tempo/generator/traces" },
  };
}
