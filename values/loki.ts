import type { RetentionHours } from "../settings/defaults";
import { goMemoryLimit, type HelmValues, QUICK_READINESS } from "./shared";
import { SIZE } from "./sizes";

/** What Loki's values depend on. */
export interface LokiSettings {
  retention: Pick<RetentionHours, "logs">;
  imageRegistry?: string;
}

const off = { enabled: false };

/** Parts of the chart that a laptop does without: caches (8 GB by default), gateway, canary, scaled-out roles. */
const OFF_ON_A_LAPTOP = {
  read: { replicas: 0 },
  write: { replicas: 0 },
  backend: { replicas: 0 },
  gateway: off,
  lokiCanary: off,
  test: off,
  chunksCache: off,
  resultsCache: off,
  memcached: off,
  memcachedExporter: off,
  minio: off,
  rollout_operator: off,
  sidecar: { rules: off },
};

/** Values of the `loki` chart (grafana-community 18.x): one monolithic pod on a local volume. */
export function lokiValues({ retention, imageRegistry }: LokiSettings) {
  return {
    fullnameOverride: "loki",
    global: { imageRegistry },
    deploymentMode: "Monolithic", // "SingleBinary" is its deprecated name
    loki: {
      auth_enabled: false,
      commonConfig: { replication_factor: 1 },
      storage: { type: "filesystem" },
      schemaConfig: {
        configs: [
          {
            from: "2024-01-01",
            store: "tsdb",
            object_store: "filesystem",
            schema: "v13",
            index: { prefix: "index_", period: "24h" },
          },
        ],
      },
      limits_config: {
        allow_structured_metadata: true, // trace ids live there
        retention_period: `${retention.logs}h`,
        volume_enabled: true,
        discover_log_levels: true,
        // Whoever writes more has the rest cut off (default 256 KB), or is refused (64 KB, 128 attributes).
        max_line_size: "2MB",
        max_line_size_truncate: true,
        max_structured_metadata_size: "2MB",
        max_structured_metadata_entries_count: 20_000,
        ingestion_rate_mb: 16,
        ingestion_burst_size_mb: 32,
        otlp_config: {
          resource_attributes: {
            ignore_defaults: true, // Loki's own 17 index labels include pod names: a stream a pod
            attributes_config: [
              {
                action: "index_label",
                attributes: ["service.name", "service.namespace", "deployment.environment"],
              },
            ],
          },
        },
      },
      compactor: {
        working_directory: "/var/loki/compactor",
        retention_enabled: true, // both, or nothing is ever deleted
        delete_request_store: "filesystem",
        compaction_interval: "10m",
        retention_delete_delay: "2h",
      },
      analytics: { reporting_enabled: false },
      ingester: { chunk_encoding: "snappy", lifecycler: { min_ready_duration: "0s" } }, // default 15 s
      pattern_ingester: off,
      // After a restart of the node a pod may have the address that another's gossip still knows: without labels of their
      // own the rings of Loki and Mimir flow into one, and each writes to the other's ingester.
      structuredConfig: { memberlist: { cluster_label: "loki" } },
      // Alone, it hands queries to itself; by way of a scheduler's ring it is not ready for another 10 s.
      query_scheduler: { use_scheduler_ring: false },
      readinessProbe: QUICK_READINESS,
    },
    // A lone pod cannot find its own ring before it is ready, and is not ready before it has.
    memberlist: { service: { publishNotReadyAddresses: true } },
    singleBinary: {
      replicas: 1,
      sidecar: false,
      podDisruptionBudget: off,
      automountServiceAccountToken: false,
      extraEnv: [goMemoryLimit(SIZE.loki)],
      resources: SIZE.loki,
      persistence: { enabled: true, size: "5Gi" },
    },
    serviceAccount: { automountServiceAccountToken: false },
    rbac: { namespaced: true }, // no object outside the namespace
    ...OFF_ON_A_LAPTOP,
  } satisfies HelmValues;
}
