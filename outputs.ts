import type * as pulumi from "@pulumi/pulumi";
import type { Place } from "./components/place";
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

/** What only the resources know. */
interface Made {
  place: Place;
  kubeconfig?: pulumi.Output<string>;
  grafanaPassword?: pulumi.Output<string>;
}

/** The stack's outputs; what it does not run has none. */
export function outputs(
  { components, sumo, cluster }: Settings,
  at: Addresses,
  made: Made,
): Record<string, unknown> {
  return {
    components: [...components],
    namespace: made.place.namespace,
    sumoDestination: sumo.destination,
    ...(components.has("grafana") && {
      grafanaUrl: at.grafana,
      grafanaUser: at.grafanaUser,
      grafanaPassword: made.grafanaPassword,
    }),
    ...(components.has("alloy") && { otlpGrpcEndpoint: at.otlpGrpc, otlpHttpEndpoint: at.otlpHttp }),
    ...(cluster.kind === "existing"
      ? { kubeContext: cluster.kubeContext, portForward: at.portForward }
      : { kubeconfig: made.kubeconfig }),
  };
}
