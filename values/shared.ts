/** Anything a chart may be given. */
export type HelmValue =
  string | number | boolean | null | HelmValue[] | { [key: string]: HelmValue | undefined };
/** Values of a chart, as `helm install -f` would read them. */
export type HelmValues = { [key: string]: HelmValue | undefined };

/** Everything of ours lives here; also part of every in-cluster address. */
export const NAMESPACE = "watchtower";

/** In-cluster addresses. They rest on `fullnameOverride` in each chart's values and on the releases' fixed names. */
export const ADDRESS = {
  tempo: `http://tempo.${NAMESPACE}.svc:3200`,
  tempoOtlp: `http://tempo.${NAMESPACE}.svc:4318`,
  loki: `http://loki.${NAMESPACE}.svc:3100`,
  lokiOtlp: `http://loki.${NAMESPACE}.svc:3100/otlp`,
  lokiPush: `http://loki.${NAMESPACE}.svc:3100/loki/api/v1/push`,
  mimirQuery: `http://mimir-query-frontend.${NAMESPACE}.svc:8080/prometheus`,
  mimirOtlp: `http://mimir-distributor.${NAMESPACE}.svc:8080/otlp`,
  mimirRemoteWrite: `http://mimir-distributor.${NAMESPACE}.svc:8080/api/v1/push`,
  /** Shaped like Sumo's own source address; the last part stands where the token would. */
  sumoStandIn: `http://sumo-stand-in.${NAMESPACE}.svc:4318/receiver/v1/otlp/stand-in`,
};

/** Ports of the node that kind maps to the laptop's; the services take the same. */
export const NODE_PORT = { grafana: 30000, otlpGrpc: 30317, otlpHttp: 30318 };

/** Requests and limits of one container. */
export type Resources = {
  requests: { cpu: string; memory: string };
  limits: { cpu: string; memory: string };
};

/** @param sizes cpu in millicores, memory in MiB: request, then limit */
export function resources(sizes: { cpu: [number, number]; memory: [number, number] }): Resources {
  return {
    requests: { cpu: `${sizes.cpu[0]}m`, memory: `${sizes.memory[0]}Mi` },
    limits: { cpu: `${sizes.cpu[1]}m`, memory: `${sizes.memory[1]}Mi` },
  };
}

/** What the Pod Security Standard "restricted" asks of a container. */
export const RESTRICTED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** The garbage collector works harder from 7/8 of the limit on, rather than the kernel killing the pod at all of it. */
export function goMemoryLimit(size: Resources): { name: string; value: string } {
  return { name: "GOMEMLIMIT", value: `${Math.floor((parseInt(size.limits.memory, 10) * 7) / 8)}MiB` };
}

/** Asks at once and then each second or so: with the charts' own delays a pod that is ready waits to be noticed. */
export const QUICK_READINESS = { initialDelaySeconds: 1, periodSeconds: 2, failureThreshold: 60 };

/**
 * Annotation of a claim that a chart makes itself. It then stays when its release goes, as a StatefulSet's claims do, and the
 * next installation takes it over: a part that is left out for a while finds its data again.
 */
export const OUTLIVES_ITS_RELEASE = { "helm.sh/resource-policy": "keep" };
