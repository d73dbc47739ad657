import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { waitUntil } from "../../scripts/lib/wait";
import { isRecord } from "../../settings/raw";
import { freePorts } from "./ports";
import { renderOf } from "./releases";
import { program } from "./tools";

type Name = "tempo" | "loki" | "mimir";
export type Config = Record<string, unknown>;

const NAMES: Name[] = ["tempo", "loki", "mimir"];
export const BACKENDS = NAMES.map(program);

/** Where a chart keeps its program's configuration, and what the program is started with. */
const KEPT: Record<Name, { map: string; key: string; flags: string[] }> = {
  tempo: { map: "tempo", key: "tempo.yaml", flags: [] },
  loki: { map: "loki", key: "config.yaml", flags: ["-target=all"] },
  mimir: { map: "mimir-config", key: "mimir.yaml", flags: ["-target=all"] },
};
/** Alone, a program needs no other to know of. */
const RING = { kvstore: { store: "inmemory" }, instance_addr: "127.0.0.1" };
const READY = { withinMs: 60_000, everyMs: 100 };

/** The three real backends as plain programs, with the configuration of their pods moved to this machine. */
export class RealBackends {
  private constructor(
    /** Where each is asked. */
    readonly query: Record<Name, string>,
    /** Where each takes OTLP over HTTP. */
    readonly otlp: Record<Name, string>,
    private readonly running: ChildProcess[],
  ) {}

  /** @param folder an empty one, for all that they keep and say */
  static async start(folder: string): Promise<RealBackends> {
    const [tempo, loki, mimir, tempoGrpc, lokiGrpc, mimirGrpc, tempoOtlp] = await freePorts(7);
    const ports = { tempo: [tempo!, tempoGrpc!], loki: [loki!, lokiGrpc!], mimir: [mimir!, mimirGrpc!] };
    const at = (port?: string) => `http://127.0.0.1:${port}`;
    const changes: Record<Name, Config> = {
      tempo: {
        distributor: { receivers: { jaeger: undefined, otlp: { protocols: { grpc: undefined } } } },
        overrides: { per_tenant_override_config: undefined },
        ingester: {
          lifecycler: { address: "127.0.0.1", ring: { kvstore: RING.kvstore, replication_factor: 1 } },
        },
        metrics_generator: {
          ring: RING,
          storage: { remote_write: [{ send_exemplars: true, url: `${at(mimir)}/api/v1/push` }] },
        },
      },
      loki: { common: { ring: RING, compactor_grpc_address: `127.0.0.1:${lokiGrpc}` } },
      mimir: {
        activity_tracker: undefined,
        alertmanager: undefined,
        ruler: { alertmanager_url: "", rule_path: "/var/ruler", ring: RING },
        frontend: { scheduler_address: undefined, address: "127.0.0.1" },
        frontend_worker: undefined,
        distributor: { ring: RING },
        ingester: { ring: RING },
        store_gateway: { sharding_ring: RING },
        compactor: { sharding_ring: RING },
      },
    };
    const running = NAMES.map((name) => {
      const [http, grpc] = ports[name];
      const config = changed(configOf(name), {
        ...changes[name],
        memberlist: undefined,
        runtime_config: undefined,
        server: {
          ...{ http_listen_address: "127.0.0.1", http_listen_port: Number(http) },
          ...{ grpc_listen_address: "127.0.0.1", grpc_listen_port: Number(grpc) },
        },
      });
      const text = stringify(config)
        .replace(/\/(var|data|mimir-blocks)\//g, `${folder}/${name}/$1/`)
        .replace("0.0.0.0:4318", `127.0.0.1:${tempoOtlp}`);
      return start(name, text, folder);
    });
    const backends = new RealBackends(
      { tempo: at(tempo), loki: at(loki), mimir: `${at(mimir)}/prometheus` },
      { tempo: at(tempoOtlp), loki: `${at(loki)}/otlp`, mimir: `${at(mimir)}/otlp` },
      running,
    );
    const stuck = await waitUntil(async () => {
      for (const name of NAMES) {
        const answer = await fetch(`${at(ports[name][0])}/ready`);
        if (!answer.ok) return `${name}: ${await answer.text()}`;
      }
      return undefined;
    }, READY);
    if (stuck === undefined) return backends;
    await backends.stop();
    throw new Error(`not ready: ${stuck}`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map((one) => end(one)));
  }
}

/** Ends a process that may have ended already. */
export async function end(one: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
  if (one.exitCode !== null || one.signalCode !== null) return;
  const gone = new Promise((resolve) => one.once("close", resolve));
  one.kill(signal);
  await gone;
}

function start(name: Name, config: string, folder: string): ChildProcess {
  const file = path.join(folder, `${name}.yaml`);
  fs.writeFileSync(file, config);
  fs.mkdirSync(path.join(folder, name));
  const log = fs.openSync(path.join(folder, `${name}.log`), "w");
  const flags = [`-config.file=${file}`, ...KEPT[name].flags];
  return spawn(program(name).path!, flags, { cwd: path.join(folder, name), stdio: ["ignore", log, log] });
}

function configOf(name: Name): Config {
  const { map, key } = KEPT[name];
  return renderOf(name).config(map, key) as Config;
}

/** A configuration with other values, and without those that are undefined. */
export function changed(config: Config, changes: Config): Config {
  const all = { ...config };
  for (const [key, change] of Object.entries(changes)) {
    if (change === undefined) delete all[key];
    else all[key] = isRecord(change) && isRecord(all[key]) ? changed(all[key], change) : change;
  }
  return all;
}
