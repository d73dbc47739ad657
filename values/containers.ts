import type { Resources } from "./shared";
import { SIZE } from "./sizes";

/** A container of the stack, and the workload that its pods are named after. */
interface Container {
  workload: string;
  container: string;
  size: Resources;
}

/** Every container that the charts make, with its size: what the kubelet tells of them lacks their limits. */
export const CONTAINERS: Container[] = [
  { workload: "tempo", container: "tempo", size: SIZE.tempo },
  { workload: "loki", container: "loki", size: SIZE.loki },
  { workload: "mimir-ingester", container: "ingester", size: SIZE.mimirIngester },
  ...["compactor", "distributor", "querier", "query-frontend", "query-scheduler", "store-gateway"].map(
    (role) => ({ workload: `mimir-${role}`, container: role, size: SIZE.mimirSmall }),
  ),
  { workload: "grafana", container: "grafana", size: SIZE.grafana },
  { workload: "alloy", container: "alloy", size: SIZE.alloy },
  { workload: "alloy", container: "config-reloader", size: SIZE.alloyReloader },
  { workload: "sumo-stand-in", container: "alloy", size: SIZE.sumoStandIn },
];
