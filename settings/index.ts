import * as pulumi from "@pulumi/pulumi";
import { COMPONENTS, type Component } from "../versions";
import { type ChartSource, readCharts } from "./charts";
import { DEFAULTS, type HostPorts, KEYS, KNOWN_PASSWORD, type RetentionHours } from "./defaults";
import { Faults, isRecord, RawConfig, show } from "./raw";
import { readSumo, type SumoSettings } from "./sumo";
import { readSumoApi, type SumoApi } from "./sumo-api";

export type { ChartSource } from "./charts";
export type { HostPorts, RetentionHours } from "./defaults";
export type { SumoDestination, SumoSettings } from "./sumo";
export type { SumoApi } from "./sumo-api";

/** A kind cluster of our own, or one that is there already. */
export type ClusterSettings =
  | {
      kind: "kind";
      hostPorts: HostPorts;
      /** kind node image; unset: kind's own default. */
      nodeImage?: string;
    }
  | {
      kind: "existing";
      /** Context of the user's kubeconfig. */
      kubeContext: string;
    };

/** Everything a person may set, checked. */
export interface Settings {
  /** What this stack runs. */
  components: ReadonlySet<Component>;
  cluster: ClusterSettings;
  sumo: SumoSettings;
  /** How `npm run compare` asks Sumo itself; unset: it does not. */
  sumoApi?: SumoApi;
  /** Unset: one is drawn at random and kept in the stack's state. */
  grafanaAdminPassword?: pulumi.Output<string>;
  charts: Record<Component, ChartSource>;
  /** Registry that every image is taken from in place of its own, without scheme or trailing slash. */
  imageRegistry?: string;
  retention: RetentionHours;
}

/**
 * Reads the stack's configuration, once, and checks all of it.
 * @throws pulumi.RunError that lists every fault, each with the command that mends it
 */
export function readSettings(): Settings {
  const faults = new Faults();
  const raw = new RawConfig(faults);
  checkKeys(raw, faults);
  const components = readComponents(raw, faults);
  const sumo = readSumo(raw, faults);
  const settings: Settings = {
    components,
    cluster: readCluster(raw, faults),
    sumoApi: readSumoApi(raw, faults),
    // Alloy does the second write: a stack without it has none.
    sumo: components.has("alloy") ? sumo : { ...sumo, destination: "off" },
    grafanaAdminPassword: readPassword(raw, faults),
    charts: readCharts(raw, faults),
    imageRegistry: readRegistry(raw, faults),
    retention: readRetention(raw, faults),
  };
  faults.throwIfAny();
  return settings;
}

function checkKeys(raw: RawConfig, faults: Faults): void {
  for (const key of raw.keys())
    if (!(key in KEYS))
      faults.add(
        `${key} is not a setting of Watchtower`,
        `must be one of ${Object.keys(KEYS).join(", ")}`,
        `pulumi config rm ${key}`,
      );
}

function readComponents(raw: RawConfig, faults: Faults): ReadonlySet<Component> {
  const given = raw.structure("components", "list", KEYS.components);
  const list = Array.isArray(given) ? given : DEFAULTS.components;
  const reset = "pulumi config rm components";
  if (list.length === 0)
    faults.add("components is empty", `must name some of ${COMPONENTS.join(", ")}`, reset);
  for (const name of list)
    if (!COMPONENTS.includes(name as Component))
      faults.add(`components has ${show(name)}`, `must be out of ${COMPONENTS.join(", ")}`, reset);
  // In our order, so that the order a person typed changes nothing.
  return new Set(COMPONENTS.filter((name) => list.includes(name)));
}

function readCluster(raw: RawConfig, faults: Faults): ClusterSettings {
  const kubeContext = raw.text("kubeContext");
  const nodeImage = raw.text("nodeImage");
  const hostPorts = readPorts(raw, faults);
  if (kubeContext === undefined) {
    if (nodeImage !== undefined && !/^[a-z0-9][\w./:@-]*$/i.test(nodeImage))
      faults.add(`nodeImage is ${show(nodeImage)}`, "must be an image reference", KEYS.nodeImage);
    return { kind: "kind", hostPorts, nodeImage };
  }
  const moved = (Object.keys(hostPorts) as (keyof HostPorts)[]).filter(
    (key) => hostPorts[key] !== DEFAULTS.hostPorts[key],
  );
  for (const key of [...(nodeImage === undefined ? [] : ["nodeImage"]), ...moved])
    faults.add(
      `${key} is set beside kubeContext`,
      "an existing cluster keeps its own nodes and ports",
      `pulumi config rm ${key}`,
    );
  return { kind: "existing", kubeContext };
}

function readPorts(raw: RawConfig, faults: Faults): HostPorts {
  const ports = { ...DEFAULTS.hostPorts };
  const takenBy = new Map<number, string>();
  for (const key of Object.keys(ports) as (keyof HostPorts)[]) {
    const port = raw.integer(key, ports[key], KEYS[key]);
    if (port < 1 || port > 65535)
      faults.add(`${key} is ${port}`, "must be a port from 1 to 65535", KEYS[key]);
    const other = takenBy.get(port);
    if (other)
      faults.add(
        `${key} is ${port}, as ${other} is`,
        "each needs a port of its own",
        `pulumi config set ${key} ${port < 64536 ? port + 1000 : port - 1000}`,
      );
    takenBy.set(port, key);
    ports[key] = port;
  }
  return ports;
}

function readPassword(raw: RawConfig, faults: Faults): pulumi.Output<string> | undefined {
  const password = raw.text("grafanaAdminPassword");
  if (password === undefined) return undefined;
  if (password !== KNOWN_PASSWORD && !raw.isSecret("grafanaAdminPassword"))
    faults.add(
      "grafanaAdminPassword is stored in plain text",
      "it must be a secret",
      KEYS.grafanaAdminPassword,
    );
  if (password.length < 4)
    faults.add("grafanaAdminPassword is too short", "Grafana wants 4 characters", KEYS.grafanaAdminPassword);
  return pulumi.secret(password);
}

function readRegistry(raw: RawConfig, faults: Faults): string | undefined {
  const registry = raw.text("imageRegistry");
  if (registry !== undefined && !/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/.test(registry))
    faults.add(
      `imageRegistry is ${show(registry)}`,
      "must be host[:port][/path], without scheme or trailing slash",
      KEYS.imageRegistry,
    );
  return registry;
}

/** Loki's compactor refuses less than a day; Mimir's blocks span two hours. */
const LEAST_HOURS: RetentionHours = { traces: 1, logs: 24, metrics: 2 };

function readRetention(raw: RawConfig, faults: Faults): RetentionHours {
  const given = raw.structure("retention", "object", KEYS.retention);
  const wanted: Record<string, unknown> = { ...DEFAULTS.retention, ...(isRecord(given) ? given : {}) };
  const hours = { traces: 0, logs: 0, metrics: 0 };
  for (const [signal, value] of Object.entries(wanted)) {
    const key = `retention.${signal}`;
    if (!(signal in hours)) {
      faults.add(
        `retention names ${show(signal)}`,
        "must name traces, logs or metrics",
        `pulumi config rm --path ${key}`,
      );
      continue;
    }
    const name = signal as keyof RetentionHours;
    const match = typeof value === "string" ? /^(\d{1,6})(h|d)$/.exec(value) : null;
    hours[name] = match ? Number(match[1]) * (match[2] === "d" ? 24 : 1) : 0;
    if (hours[name] < LEAST_HOURS[name])
      faults.add(
        `${key} is ${show(value)}`,
        `must be whole hours or days, at least ${LEAST_HOURS[name]}h`,
        `pulumi config set --path ${key} ${DEFAULTS.retention[name]}`,
      );
  }
  return hours;
}
