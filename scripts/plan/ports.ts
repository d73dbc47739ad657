import { parse } from "yaml";
import { ofType, type Recording } from "../lib/record";
import { releases } from "../lib/recorded";

/** A port of the laptop. */
export interface HostPort {
  address: string;
  port: number;
  /** The service behind it; undefined: what would answer there is not in this stack. */
  leadsTo?: string;
}

/** The ports that kind maps to the laptop, each with the service that takes its node port. */
export function hostPorts(recording: Recording): HostPort[] {
  const services = servicesByNodePort(recording);
  return mappings(recording).map(({ listenAddress, hostPort, containerPort }) => ({
    address: listenAddress,
    port: hostPort,
    leadsTo: services.get(containerPort),
  }));
}

type KindConfig = {
  nodes: {
    extraPortMappings: { containerPort: number; hostPort: number; listenAddress: string }[];
  }[];
};

function mappings(recording: Recording): KindConfig["nodes"][number]["extraPortMappings"] {
  return ofType(recording, "command:local:Command").flatMap(({ inputs }) => {
    const { KIND_CONFIG } = inputs.environment as { KIND_CONFIG: string };
    return (parse(KIND_CONFIG) as KindConfig).nodes.flatMap((node) => node.extraPortMappings);
  });
}

type Service = { metadata: { name: string }; spec: { ports: { name: string; nodePort?: number }[] } };

/** Services are our own objects, or made by a chart that is given a node port. */
function servicesByNodePort(recording: Recording): Map<number | undefined, string> {
  const own = ofType(recording, "kubernetes:core/v1:Service").flatMap(({ inputs }) => {
    const { metadata, spec } = inputs as Service;
    return spec.ports.map(({ name, nodePort }) => [nodePort, `service ${metadata.name}, ${name}`] as const);
  });
  const charts = Object.values(releases(recording)).map(({ name, values }) => {
    const { nodePort } = (values.service ?? {}) as { nodePort?: number };
    return [nodePort, `service ${name}, http`] as const;
  });
  return new Map([...own, ...charts].filter(([nodePort]) => nodePort !== undefined));
}
