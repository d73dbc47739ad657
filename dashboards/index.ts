import type { Component } from "../versions";
import { servicesDashboard } from "./services";

/** The dashboards this stack has data for, as files of Grafana's provisioning: name to JSON text. */
export function dashboards(components: ReadonlySet<Component>): Record<string, string> {
  const files: Record<string, string> = {};
  // Its figures are Tempo's span metrics, which stand in Mimir.
  if (components.has("tempo") && components.has("mimir"))
    files["services.json"] = JSON.stringify(servicesDashboard(), null, 2);
  return files;
}
