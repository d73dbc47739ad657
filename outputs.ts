import type { Settings } from "./settings";
import { DEFAULTS } from "./settings/defaults";
import { GRAFANA } from "./values/grafana";
import { NAMESPACE } from "./values/shared";

/** Where a person on this laptop reaches the stack. */
export interface Addresses {
  grafana: string;
  grafanaUser: string;
  /** host:port, for OTLP over gRPC. */
  otlpGrpc: string;
  /** URL, for OTLP over HTTP. */
  otlpHttp: string;
  /** On an existing cluster: the commands that bring these addresses to the laptop. */
  portForward?: string[];
}

/** The addresses that follow from the settings, whatever the cluster. */
export function addresses({ cluster, components }: Settings): Addresses {
  const ports = cluster.kind === "kind" ? cluster.hostPorts : DEFAULTS.hostPorts;
  const forward = (service: string, ...pairs: string[]) =>
    `kubectl --context ${cluster.kind === "existing" ? cluster.kubeContext : ""} -n ${NAMESPACE} port-forward service/${service} ${pairs.join(" ")}`;
  return {
    grafana: `http://localhost:${ports.grafanaPort}`,
    grafanaUser: GRAFANA.adminUser,
    otlpGrpc: `localhost:${ports.otlpGrpcPort}`,
    otlpHttp: `http://localhost:${ports.otlpHttpPort}`,
    ...(cluster.kind === "existing" && {
      portForward: [
        ...(components.has("grafana") ? [forward("grafana", `${ports.grafanaPort}:80`)] : []),
        ...(components.has("alloy") ? [forward("alloy", "4317", "4318")] : []),
      ],
    }),
  };
}
