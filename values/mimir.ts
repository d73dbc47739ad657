import type { RetentionHours } from "../settings/defaults";
import {
  goMemoryLimit,
  type HelmValue,
  type HelmValues,
  OUTLIVES_ITS_RELEASE,
  QUICK_READINESS,
  type Resources,
} from "./shared";
import { SIZE } from "./sizes";

/** What Mimir's values depend on. */
export interface MimirSettings {
  retention: Pick<RetentionHours, "metrics">;
  imageRegistry?: string;
}

const off = { enabled: false };

/** Claim that ingester, store-gateway, compactor and querier all mount: the chart's own volumes share no block. */
const BLOCKS_CLAIM = "mimir-blocks";
const BLOCKS_PATH = "/mimir-blocks";

/**
 * How often shipped blocks are listed, and the list is read; default 15 m, each. An ingester without its disk has nothing
 * else to answer with. Queries do without a block for three times as long, and then insist on it.
 */
const LOOKS_FOR_BLOCKS = "1m";

/** Parts of the chart that a laptop does without. */
const OFF_ON_A_LAPTOP = {
  minio: off,
  rollout_operator: off,
  gateway: off,
  alertmanager: off,
  ruler: off,
  overrides_exporter: off,
  "chunks-cache": off,
  "index-cache": off,
  "metadata-cache": off,
  "results-cache": off,
};

/** Values of the `mimir-distributed` chart (6.x): classic architecture, one pod a role, blocks on one shared volume. */
export function mimirValues({ retention, imageRegistry }: MimirSettings) {
  return {
    fullnameOverride: "mimir",
    ...(imageRegistry && { image: { repository: `${imageRegistry}/grafana/mimir` } }),
    kafka: off, // first of the three switches of the classic architecture; the others are in mimirConfig
    mimir: { structuredConfig: mimirConfig(retention) },
    // The chart's account gives every pod a token, and no value of the chart takes it away.
    serviceAccount: { create: false, name: "mimir" },
    extraObjects: [
      {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: "mimir" },
        automountServiceAccountToken: false,
      },
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: BLOCKS_CLAIM, annotations: OUTLIVES_ITS_RELEASE },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "5Gi" } } },
      },
    ],
    ingester: {
      ...role(SIZE.mimirIngester, { graceSeconds: 60 }), // chart 1200
      ...SHARED_BLOCKS,
      zoneAwareReplication: off,
      extraArgs: { "memberlist.abort-if-fast-join-fails": "false" }, // the first pod of a ring has nobody to join
      persistentVolume: { enabled: true, size: "5Gi" },
    },
    store_gateway: {
      ...role(SIZE.mimirSmall, { graceSeconds: 15 }), // chart 120
      ...SHARED_BLOCKS,
      zoneAwareReplication: off,
      persistentVolume: off, // index headers are made again from the shared volume
    },
    compactor: {
      ...role(SIZE.mimirSmall, { graceSeconds: 30 }), // chart 900
      ...SHARED_BLOCKS,
      persistentVolume: off,
    },
    querier: { ...role(SIZE.mimirSmall, { graceSeconds: 15 }), ...SHARED_BLOCKS }, // chart 180
    distributor: { ...role(SIZE.mimirSmall, { graceSeconds: 15 }), ...STOPS_AT_ONCE }, // chart 100
    query_frontend: { ...role(SIZE.mimirSmall, { graceSeconds: 15 }), ...STOPS_AT_ONCE }, // chart 390
    // Required since Mimir 3; switched off, its address stays configured and queries die.
    query_scheduler: role(SIZE.mimirSmall, { graceSeconds: 15 }), // chart 180, two replicas
    ...OFF_ON_A_LAPTOP,
  } satisfies HelmValues;
}

/** The template writes -shutdown-delay=90s; the later flag wins. */
const STOPS_AT_ONCE = { extraArgs: { "shutdown-delay": "0s" } };

const SHARED_BLOCKS = {
  extraVolumes: [{ name: "blocks", persistentVolumeClaim: { claimName: BLOCKS_CLAIM } }],
  extraVolumeMounts: [{ name: "blocks", mountPath: BLOCKS_PATH }],
};

/** One pod of a role. The chart sets GOMAXPROCS and GOMEMLIMIT for servers (4 to 8, and the request). */
function role(size: Resources, { graceSeconds }: { graceSeconds: number }) {
  return {
    replicas: 1,
    terminationGracePeriodSeconds: graceSeconds,
    readinessProbe: QUICK_READINESS, // chart 45 to 60 s initial delay
    env: [{ name: "GOMAXPROCS", value: "2" }, goMemoryLimit(size)],
    resources: size,
  };
}

function mimirConfig(retention: MimirSettings["retention"]): { [key: string]: HelmValue } {
  return {
    ingest_storage: off, // second switch
    ingester: {
      push_grpc_method_enabled: true, // third: the chart's base config says false
      ring: { replication_factor: 1, min_ready_duration: "0s" }, // default 15 s
    },
    distributor: { remote_timeout: "2s" }, // chart 5 s, meant for Kafka
    store_gateway: {
      sharding_ring: {
        replication_factor: 1,
        wait_stability_min_duration: "0s", // chart 1 m of "not ready"
        heartbeat_period: "5s",
      },
    },
    querier: { query_store_after: "0s" }, // default 12 h: until then the blocks are not asked
    compactor: {
      data_dir: "/data/compactor",
      first_level_compaction_wait_period: "0s",
      cleanup_interval: LOOKS_FOR_BLOCKS, // which is also when it lists the blocks for all others
      sharding_ring: {
        wait_stability_min_duration: "0s",
        heartbeat_period: "5s", // at the default minute a first entry that goes unnoticed costs that minute
      },
    },
    memberlist: {
      cluster_label: "mimir", // or its ring can flow into Loki's (values/loki.ts)
      rejoin_interval: "10s", // chart 0 s: a suspended laptop splits the ring for good (mimir#16254)
    },
    multitenancy_enabled: false, // or every request needs a tenant header
    usage_stats: off,
    blocks_storage: {
      backend: "filesystem",
      filesystem: { dir: `${BLOCKS_PATH}/blocks` },
      bucket_store: {
        sync_interval: LOOKS_FOR_BLOCKS,
        // Default 10 h: the store-gateway leaves younger blocks out, and queries, which by query_store_after want them, fail.
        ignore_blocks_within: "0s",
        // Default 1 h, after which queries fail: so they would after a laptop's sleep. Ingesters keep blocks for 13 h.
        bucket_index: { max_stale_period: "12h" },
      },
    },
    limits: {
      query_ingesters_within: "0s", // default 13 h: what came before a long sleep, and is in no block yet, would be hidden
      max_global_series_per_user: 150_000,
      max_global_exemplars_per_user: 100_000,
      max_label_names_per_series: 60,
      ingestion_rate: 50_000,
      ingestion_burst_size: 500_000,
      // A drained backlog arrives behind fresh samples: as late as Alloy's queue of metrics is long at 100 requests/s.
      out_of_order_time_window: "12h",
      compactor_blocks_retention_period: `${retention.metrics}h`,
      otel_metric_suffixes_enabled: true,
      promote_otel_resource_attributes:
        "service.name,service.namespace,service.instance.id,deployment.environment",
    },
  };
}
