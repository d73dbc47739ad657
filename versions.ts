/** Everything that is pinned outside package.json: one place to look, one place to move a version. */

/** The parts of the stack, in the order a reader meets them. */
export const COMPONENTS = ["tempo", "loki", "mimir", "grafana", "alloy"] as const;
export type Component = (typeof COMPONENTS)[number];

/** A chart in a repository, pinned to one version. */
export interface PinnedChart {
  /** The chart's own name in its repository. */
  chart: string;
  /** Address of the Helm repository. */
  repo: string;
  /** Exact chart version. */
  version: string;
  /** Version of the program inside, for people to read. */
  appVersion: string;
}

// grafana.github.io carries Loki's enterprise chart (7.x) under the same name: the community one has its own home.
const COMMUNITY = "https://grafana-community.github.io/helm-charts";
const GRAFANA = "https://grafana.github.io/helm-charts";

export const CHARTS: Record<Component, PinnedChart> = {
  // 3.x carries Tempo 3, which rejects the 2.x configuration.
  tempo: { chart: "tempo", repo: COMMUNITY, version: "2.2.4", appVersion: "2.10.8" },
  loki: { chart: "loki", repo: COMMUNITY, version: "18.11.0", appVersion: "3.7.6" },
  mimir: { chart: "mimir-distributed", repo: GRAFANA, version: "6.1.0", appVersion: "3.1.2" },
  grafana: { chart: "grafana", repo: COMMUNITY, version: "12.11.1", appVersion: "13.2.0" },
  alloy: { chart: "alloy", repo: GRAFANA, version: "1.11.1", appVersion: "v1.18.1" },
};
