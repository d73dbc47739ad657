import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Component } from "../versions";
import { dualWriteDashboard } from "./dual-write";
import { logsDashboard } from "./logs";
import { pipelineDashboard } from "./pipeline";
import { serviceMapDashboard } from "./service-map";
import { servicesDashboard } from "./services";

/** What each dashboard cannot do without, by the name of its file. */
const DASHBOARDS: Record<
  string,
  { needs: Component[]; make: (components: ReadonlySet<Component>) => Dashboard }
> = {
  // Its figures are Tempo's span metrics, which stand in Mimir.
  services: { needs: ["tempo", "mimir"], make: servicesDashboard },
  "service-map": { needs: ["tempo"], make: serviceMapDashboard },
  logs: { needs: ["loki"], make: logsDashboard },
  // The stack's own metrics are scraped by Alloy, and kept by Mimir.
  pipeline: { needs: ["alloy", "mimir"], make: pipelineDashboard },
  "dual-write": { needs: ["alloy", "mimir"], make: dualWriteDashboard },
};

/** The dashboards this stack has data for, as files of Grafana's provisioning: name to JSON text. */
export function dashboards(components: ReadonlySet<Component>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(DASHBOARDS)
      .filter(([, { needs }]) => needs.every((one) => components.has(one)))
      .map(([name, { make }]) => [`${name}.json`, JSON.stringify(make(components), null, 2)]),
  );
}
