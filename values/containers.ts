import type { Resources } from "./shared";
import { SIZE } from "./sizes";
import { ROOM } from "./tempo-room";

/** A container of the stack, and the workload that its pods are named after. */
interface Container {
  kind: "StatefulSet" | "Deployment";
  workload: string;
  container: string;
  size: Resources;
}

/** Every container that the charts make, with its size: what the kubelet tells of them lacks their limits. */
export const CONTAINERS: Container[] = [
  { kind: "StatefulSet", workload: "tempo", container: "tempo", size: SIZE.tempo },
  { kind: "StatefulSet", workload: "tempo", container: ROOM.container, size: SIZE.tempoRoom },
  { kind: "StatefulSet", workload: "loki", container: "loki", size: SIZE.loki },
  { kind: "StatefulSet", workload: "mimir-ingester", container: "ingester", size: SIZE.mimirIngester },
  mimir("StatefulSet", "compactor"),
  mimir("Deployment", "distributor"),
  mimir("Deployment", "querier"),
  mimir("Deployment", "query-frontend"),
  mimir("Deployment", "query-scheduler"),
  mimir("StatefulSet", "store-gateway"),
  { kind: "Deployment", workload: "grafana", container: "grafana", size: SIZE.grafana },
  { kind: "Deployment", workload: "alloy", container: "alloy", size: SIZE.alloy },
  { kind: "Deployment", workload: "alloy", container: "config-reloader", size: SIZE.alloyReloader },
  { kind: "Deployment", workload: "sumo-stand-in", container: "alloy", size: SIZE.sumoStandIn },
];

/** A workload's pods, as a regular expression of their whole names: `loki-0`, `alloy-5d8f…-x2x4z`. */
export function podPattern(workload: string): string {
  return `${workload}-([0-9]+|[^-]+-[^-]+)`;
}

export function isPodOf(workload: string, pod: string): boolean {
  return new RegExp(`^${podPattern(workload)}$`).test(pod);
}

function mimir(kind: Container["kind"], role: string): Container {
  return { kind, workload: `mimir-${role}`, container: role, size: SIZE.mimirSmall };
}
