import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { waitUntil } from "../../scripts/lib/wait";
import { freePorts } from "./ports";
import { changed, type Config, end } from "./real-backends";
import { renderOf, type Variant } from "./releases";
import { containersOf } from "./render";
import { program, temporaryFolder } from "./tools";

/** What writes and reads blocks, and what leads to it; each is a process of its own, as it is a pod of its own. */
const ROLES = ["distributor", "ingester", "querier", "store-gateway", "compactor"] as const;
export type Role = (typeof ROLES)[number];

interface Ports {
  http: string;
  grpc: string;
  gossip: string;
}

/** A block in the shared folder. */
export interface Block {
  /** How many times it was compacted; 1: as an ingester has shipped it. */
  level: number;
  maxTimeMs: number;
}

const READY = { withinMs: 60_000, everyMs: 100 };
const RING = { instance_addr: "127.0.0.1" };
/** So that nothing takes long; how long it takes by our values is what `chart-mimir.test.ts` adds up. */
const OFTEN: Config = {
  blocks_storage: { bucket_store: { sync_interval: "1s" } },
  compactor: { cleanup_interval: "1s", compaction_interval: "1s" },
};

/** The real Mimir's roles, with the flags and the configuration of their pods, on one shared folder for blocks. */
export class MimirRoles {
  readonly folder = temporaryFolder();
  private readonly running = new Map<Role, ChildProcess>();

  private constructor(private readonly ports: Record<Role, Ports>) {}

  static async prepare(): Promise<MimirRoles> {
    const free = await freePorts(3 * ROLES.length);
    const ports = ROLES.map((role, i) => {
      const [http, grpc, gossip] = free.slice(3 * i) as [string, string, string];
      return [role, { http, grpc, gossip }];
    });
    return new MimirRoles(Object.fromEntries(ports) as Record<Role, Ports>);
  }

  /** @param changes to the configuration that the chart makes of our values */
  async start(role: Role, { variant, changes = {} }: { variant?: Variant; changes?: Config } = {}) {
    const disk = this.disk(role);
    fs.mkdirSync(disk, { recursive: true });
    const file = path.join(this.folder, `${role}.yaml`);
    fs.writeFileSync(file, this.config(role, variant, changes));
    const [pod] = containersOf(renderOf("mimir", variant).pod(`mimir-${role}`));
    const flags = pod!.args!.map((flag) => flag.replace(/^-config\.file=.*/, `-config.file=${file}`));
    const log = fs.openSync(path.join(this.folder, `${role}.log`), "a");
    const stdio: ("ignore" | number)[] = ["ignore", log, log];
    this.running.set(role, spawn(program("mimir").path!, flags, { cwd: disk, stdio }));
    fs.closeSync(log);
    const stuck = await waitUntil(async () => {
      const answer = await this.ask(role, "/ready");
      return answer.ok ? undefined : await answer.text();
    }, READY);
    if (stuck !== undefined) throw new Error(`${role} is not ready: ${stuck}\n${this.log(role)}`);
  }

  async stop(role: Role): Promise<void> {
    const one = this.running.get(role);
    if (one) await end(one, "SIGTERM");
    this.running.delete(role);
  }

  /** As a volume that is lost. */
  emptyDisk(role: Role): void {
    fs.rmSync(this.disk(role), { recursive: true });
  }

  ask(role: Role, asked: string, how?: RequestInit): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.ports[role].http}${asked}`, how);
  }

  /** The blocks that anybody has written to the shared folder, and nobody has deleted. */
  get blocks(): Block[] {
    const folder = path.join(this.folder, "mimir-blocks/blocks/anonymous");
    if (!fs.existsSync(folder)) return [];
    return fs
      .readdirSync(folder)
      .map((name) => path.join(folder, name, "meta.json"))
      .filter((file) => fs.existsSync(file))
      .map((file) => {
        const meta = JSON.parse(fs.readFileSync(file, "utf8")) as {
          maxTime: number;
          compaction: { level: number };
        };
        return { level: meta.compaction.level, maxTimeMs: meta.maxTime };
      })
      .sort((a, b) => a.maxTimeMs - b.maxTimeMs);
  }

  log(role: Role): string {
    return fs.readFileSync(path.join(this.folder, `${role}.log`), "utf8").slice(-2_000);
  }

  async remove(): Promise<void> {
    await Promise.all([...this.running.values()].map((one) => end(one)));
    await sleep(0);
    fs.rmSync(this.folder, { recursive: true });
  }

  private disk(role: Role): string {
    return path.join(this.folder, "disks", role);
  }

  private config(role: Role, variant: Variant | undefined, changes: Config): string {
    const { http, grpc, gossip } = this.ports[role];
    const moved: Config = {
      activity_tracker: undefined,
      distributor: { ring: RING },
      ingester: { ring: RING },
      store_gateway: { sharding_ring: RING },
      compactor: { sharding_ring: RING },
      frontend: { scheduler_address: undefined },
      frontend_worker: undefined, // or the querier would answer a frontend alone
      runtime_config: undefined,
      memberlist: {
        bind_addr: ["127.0.0.1"],
        advertise_addr: "127.0.0.1",
        bind_port: Number(gossip),
        join_members: ROLES.map((one) => `127.0.0.1:${this.ports[one].gossip}`),
      },
      server: {
        ...{ http_listen_address: "127.0.0.1", http_listen_port: Number(http) },
        ...{ grpc_listen_address: "127.0.0.1", grpc_listen_port: Number(grpc) },
      },
    };
    const asInPod = renderOf("mimir", variant).config("mimir-config", "mimir.yaml") as Config;
    return stringify([moved, OFTEN, changes].reduce(changed, asInPod))
      .replace(/\/(var|data)\//g, `${this.disk(role)}/$1/`)
      .replaceAll("/mimir-blocks/", `${this.folder}/mimir-blocks/`);
  }
}
