import { alerts } from "../../alerts";
import { standInConfig } from "../../alloy/compose";
import type { RetentionHours } from "../../settings/defaults";
import { alloyValues, sumoStandInValues } from "../../values/alloy";
import { grafanaValues } from "../../values/grafana";
import { lokiValues } from "../../values/loki";
import { mimirValues } from "../../values/mimir";
import { tempoValues } from "../../values/tempo";
import { COMPONENTS, type Component } from "../../versions";
import { helm, type Release, render, type Render } from "./render";
import { chartFolder } from "./tools";

/** What the releases' values depend on, where it differs from the settings nobody touched. */
export interface Variant {
  components?: readonly Component[];
  imageRegistry?: string;
  /** Whether on a cluster of our own. */
  exposed?: boolean;
  retention?: Partial<RetentionHours>;
}

/** Settings that change what a chart renders; what is asked of a pod holds in each of them. */
export const VARIANTS: Record<string, Variant> = {
  "as it comes": {},
  "with a registry mirror": { imageRegistry: "mirror.example.com:5000/watchtower" },
  "without Mimir": { components: COMPONENTS.filter((name) => name !== "mimir") },
  "on an existing cluster": { exposed: false },
};

export const RELEASES = [...COMPONENTS, "sumo-stand-in"] as const;
export type ReleaseName = (typeof RELEASES)[number];

/** A release as the program asks for it. */
export function release(name: ReleaseName, variant: Variant = {}): Release {
  const { components = COMPONENTS, imageRegistry, exposed = true } = variant;
  const retention = { traces: 24, logs: 72, metrics: 72, ...variant.retention };
  const running = new Set(components);
  switch (name) {
    case "tempo":
      return {
        name,
        chart: name,
        values: tempoValues({ retention, imageRegistry, withMimir: running.has("mimir") }),
      };
    case "loki":
      return { name, chart: name, values: lokiValues({ retention, imageRegistry }) };
    case "mimir":
      return { name, chart: name, values: mimirValues({ retention, imageRegistry }) };
    case "grafana": {
      const settings = { imageRegistry, components: running, rootUrl: "http://localhost:3000", exposed };
      return { name, chart: name, values: grafanaValues({ ...settings, alertRules: alerts(running) }) };
    }
    case "alloy":
      return { name, chart: name, values: alloyValues({ imageRegistry, components: running }) };
    case "sumo-stand-in":
      return { name, chart: "alloy", values: sumoStandInValues({ imageRegistry, config: standInConfig() }) };
  }
}

/** A release's objects, by helm and the real chart. */
export function renderOf(name: ReleaseName, variant: Variant = {}): Render {
  return render(release(name, variant));
}

/** What rendering needs. */
export function toRender(...components: readonly Component[]) {
  return [helm, ...components.map(chartFolder)];
}
