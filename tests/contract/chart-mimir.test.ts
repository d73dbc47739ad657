import { mimirValues } from "../../values/mimir";
import { renderOf, toRender, type Variant } from "../helpers/releases";
import { behind, container, containersOf, mountPath } from "../helpers/render";
import { describeWith } from "../helpers/tools";

/** What is read here of Mimir's own configuration. */
interface MimirConfig {
  blocks_storage: {
    backend: string;
    filesystem: { dir: string };
    bucket_store: {
      sync_interval: string;
      ignore_blocks_within: string;
      bucket_index: { max_stale_period: string };
    };
  };
  frontend: { scheduler_address: string };
  frontend_worker: { scheduler_address: string };
  ingest_storage: { enabled: boolean };
  ingester: {
    push_grpc_method_enabled: boolean;
    ring: { replication_factor: number; min_ready_duration: string };
  };
  limits: { compactor_blocks_retention_period: string; query_ingesters_within: string };
  memberlist: { join_members: string[]; rejoin_interval: string };
  multitenancy_enabled: boolean;
  querier: { query_store_after: string };
  store_gateway: { sharding_ring: { replication_factor: number; wait_stability_min_duration: string } };
  compactor: { cleanup_interval: string; sharding_ring: { wait_stability_min_duration: string } };
  usage_stats: { enabled: boolean };
}

/** What Mimir does by itself (pkg/storegateway/gateway.go, pkg/storage/tsdb/bucketindex, pkg/querier of Mimir 3). */
const SPREAD = 1.2;
const QUERIER_LOOKS_MINUTES = 1;
const INSISTS_AFTER_SYNCS = 3;
const INGESTER_KEEPS_HOURS = 13;

function minutes(duration: string): number {
  const [, amount, unit] = /^(\d+)(m|h)$/.exec(duration)!;
  return Number(amount) * (unit === "h" ? 60 : 1);
}

function config(variant?: Variant): MimirConfig {
  return renderOf("mimir", variant).config("mimir-config", "mimir.yaml") as MimirConfig;
}

function args(role: string): string[] {
  return container(renderOf("mimir").pod(`mimir-${role}`), role).args!;
}

/** The value a flag has in the end: of two the program takes the later. */
function flag(role: string, name: string): string | undefined {
  return args(role)
    .filter((arg) => arg.startsWith(`-${name}=`))
    .pop()
    ?.split("=")[1];
}

describeWith(toRender("mimir"), "Mimir, as its chart renders it", () => {
  it("is seven pods, one a role", () => {
    const { pods } = renderOf("mimir");
    expect(pods.map(({ owner, replicas }) => `${replicas} ${owner.replace(/.*mimir-/, "")}`).sort()).toEqual([
      "1 compactor",
      "1 distributor",
      "1 ingester",
      "1 querier",
      "1 query-frontend",
      "1 query-scheduler",
      "1 store-gateway",
    ]);
  });

  it("is given all of our configuration", () => {
    expect(config()).toMatchObject(mimirValues({ retention: { metrics: 72 } }).mimir.structuredConfig);
  });

  it("has no Kafka in it: each of the three switches is thrown", () => {
    expect(renderOf("mimir").objects.map(({ metadata }) => metadata?.name)).not.toContainEqual(
      expect.stringMatching(/kafka/),
    );
    expect(config().ingest_storage.enabled).toBe(false);
    expect(config().ingester.push_grpc_method_enabled).toBe(true);
  });

  it.each(["ingester", "store-gateway", "compactor", "querier"])(
    "shares its blocks: the %s mounts the one claim where they are kept",
    (role) => {
      const { blocks_storage } = config();
      expect(blocks_storage.backend).toBe("filesystem");
      const pod = renderOf("mimir").pod(`mimir-${role}`);
      const volume = pod.spec.volumes!.find((one) => one.persistentVolumeClaim?.claimName === "mimir-blocks");
      const at = mountPath(container(pod, role), volume!.name);
      expect(blocks_storage.filesystem.dir.startsWith(`${at}/`)).toBe(true);
    },
  );

  it("keeps on claims what a new pod must find again: the blocks, and the ingester's own", () => {
    const made = renderOf("mimir");
    expect(made.ofKind("PersistentVolumeClaim").map(({ metadata }) => metadata?.name)).toEqual([
      "mimir-blocks",
    ]);
    expect(made.pods.filter(({ claimed }) => claimed.length > 0).map(({ owner }) => owner)).toEqual([
      "StatefulSet mimir-ingester",
    ]);
  });

  it("deletes what is older than the settings say", () => {
    expect(config().limits.compactor_blocks_retention_period).toBe("72h");
    const { limits } = config({ retention: { metrics: 5 } });
    expect(limits.compactor_blocks_retention_period).toBe("5h");
  });

  it("asks blocks and ingester for samples of any age", () => {
    const { blocks_storage, limits, querier } = config();
    expect(querier.query_store_after).toBe("0s");
    expect(blocks_storage.bucket_store.ignore_blocks_within).toBe("0s");
    expect(limits.query_ingesters_within).toBe("0s");
  });

  it("has a block that was shipped read within four minutes, and before queries insist on it", () => {
    const { blocks_storage, compactor } = config();
    const [listed, synced] = [compactor.cleanup_interval, blocks_storage.bucket_store.sync_interval].map(
      minutes,
    );
    const atStore = listed! + SPREAD * synced!;
    const atQuerier = listed! + synced! + SPREAD * QUERIER_LOOKS_MINUTES;
    expect(Math.max(atStore, atQuerier)).toBeLessThanOrEqual(4);
    expect(atStore).toBeLessThan(INSISTS_AFTER_SYNCS * synced!);
  });

  it("lets no query fail for a list that is as old as a night, while the ingester has all that is not in it", () => {
    const { max_stale_period } = config().blocks_storage.bucket_store.bucket_index;
    expect(minutes(max_stale_period)).toBeGreaterThanOrEqual(12 * 60);
    expect(minutes(max_stale_period)).toBeLessThan(INGESTER_KEEPS_HOURS * 60);
  });

  it("asks no tenant of those who write and read, and keeps one copy", () => {
    const { multitenancy_enabled, ingester, store_gateway } = config();
    expect(multitenancy_enabled).toBe(false);
    expect(ingester.ring.replication_factor).toBe(1);
    expect(store_gateway.sharding_ring.replication_factor).toBe(1);
  });

  it("finds its scheduler and its ring at services that lead to pods", () => {
    const made = renderOf("mimir");
    const { frontend, frontend_worker, memberlist } = config();
    const leadTo = (address: string) => {
      const [, name, port] = /([\w-]+)\.watchtower\.svc.*:(\d+)$/.exec(address)!;
      return behind(made.one("Service", name!), Number(port), made.pods);
    };
    for (const address of [frontend.scheduler_address, frontend_worker.scheduler_address])
      expect(leadTo(address)).toEqual(["Deployment mimir-query-scheduler:9095"]);
    expect(leadTo(memberlist.join_members[0]!)).toHaveLength(5); // all but frontend and scheduler
  });

  it("mends its ring after the laptop slept", () => {
    expect(config().memberlist.rejoin_interval).not.toBe("0s");
  });

  it.each(["distributor", "query-frontend"])("stops at once: %s", (role) => {
    expect(flag(role, "shutdown-delay")).toBe("0s");
  });

  it("starts with nobody there, and is ready as soon as it can be", () => {
    expect(flag("ingester", "memberlist.abort-if-fast-join-fails")).toBe("false");
    const { ingester, store_gateway, compactor } = config();
    expect(ingester.ring.min_ready_duration).toBe("0s");
    expect(store_gateway.sharding_ring.wait_stability_min_duration).toBe("0s");
    expect(compactor.sharding_ring.wait_stability_min_duration).toBe("0s");
  });

  it("bounds Go's memory by the pod's limit and its threads by a laptop, each said once", () => {
    for (const pod of renderOf("mimir").pods) {
      const [{ env = [], resources }] = containersOf(pod) as [ReturnType<typeof container>];
      expect(env.map(({ name }) => name)).toEqual(["GOMAXPROCS", "GOMEMLIMIT"]);
      expect(parseInt(env[1]!.value!, 10)).toBe((parseInt(resources!.limits!.memory!, 10) * 7) / 8);
    }
  });

  it("tells nobody that it runs", () => {
    expect(config().usage_stats.enabled).toBe(false);
  });
});
