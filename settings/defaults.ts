import { COMPONENTS, type Component } from "../versions";

/** Ports on 127.0.0.1 of the laptop. */
export interface HostPorts {
  /** Grafana's page. */
  grafanaPort: number;
  /** OTLP over gRPC. */
  otlpGrpcPort: number;
  /** OTLP over HTTP. */
  otlpHttpPort: number;
}

/** How long each signal is kept, in whole hours. */
export interface RetentionHours {
  traces: number;
  logs: number;
  metrics: number;
}

/** What holds when nobody says otherwise. `Pulumi.yaml` repeats it for `pulumi config`; a test compares the two. */
export const DEFAULTS = {
  sumoEnabled: true,
  components: COMPONENTS as readonly Component[],
  hostPorts: { grafanaPort: 3000, otlpGrpcPort: 4317, otlpHttpPort: 4318 } satisfies HostPorts,
  retention: { traces: "24h", logs: "72h", metrics: "72h" },
};

/** The password `Pulumi.local.yaml` ships: known to everyone, so the only one that may stand in plain text. */
export const KNOWN_PASSWORD = "watchtower";

/** Every key of the project, with what to type to set it; anything else in the `watchtower:` namespace is a slip. */
export const KEYS = {
  sumoEnabled: "pulumi config set sumoEnabled true",
  sumoEndpoint: "pulumi config set --secret sumoEndpoint https://…",
  sumoHeaders: `pulumi config set --path 'sumoHeaders["X-Sumo-Category"]' laptop`,
  sumoApi: "pulumi config set --path --secret sumoApi.accessKey …",
  components: `pulumi config set --path 'components[0]' tempo`,
  grafanaAdminPassword: "pulumi config set --secret grafanaAdminPassword …",
  grafanaPort: "pulumi config set grafanaPort 3000",
  otlpGrpcPort: "pulumi config set otlpGrpcPort 4317",
  otlpHttpPort: "pulumi config set otlpHttpPort 4318",
  kubeContext: "pulumi config set kubeContext my-cluster",
  nodeImage: "pulumi config set nodeImage kindest/node:v1.34.0",
  charts: "pulumi config set --path charts.tempo.version 2.2.4",
  imageRegistry: "pulumi config set imageRegistry registry.example.com",
  retention: "pulumi config set --path retention.logs 72h",
} satisfies Record<string, string>;
