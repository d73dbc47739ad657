import type { Component } from "../versions";
import { reloaderContainer } from "./alloy-reloader";
import { alloyRights } from "./alloy-rights";
import { goMemoryLimit, type HelmValues, NAMESPACE, type Resources, RESTRICTED } from "./shared";
import { SIZE } from "./sizes";

/** Names that Alloy's values and the objects beside its release agree on. */
export const ALLOY = {
  configMap: "alloy-config",
  configKey: "config.alloy",
  credentials: "sumo-credentials",
  claim: "alloy-data",
  serviceAccount: "alloy",
  /** Has the whole cluster for its place, so its name says whose it is. */
  clusterRole: "watchtower-alloy",
  /**
   * Where the pod takes OTLP (`alloy/ingest.alloy`). No other pod listens there: when the node has started again, the service
   * leads to Alloy's former address for some seconds, which another has by then, and 4317 and 4318 are Tempo's, too.
   */
  otlp: { grpc: 24317, http: 24318 },
  /** Room for the queues of all four exporters: the sum of their bounds in `alloy/`. */
  claimSize: "3Gi",
  /** User and group of the image. */
  user: 473,
};

/** What the `alloy` chart is given by both of its releases: a lone, hardened Deployment without rights in the cluster. */
function common(name: string, size: Resources, imageRegistry: string | undefined) {
  return {
    fullnameOverride: name,
    crds: { create: false },
    global: {
      image: { registry: imageRegistry },
      podSecurityContext: {
        fsGroup: ALLOY.user,
        runAsNonRoot: true,
        seccompProfile: RESTRICTED.seccompProfile,
      },
    },
    rbac: { create: false },
    serviceAccount: { automountServiceAccountToken: false },
    alloy: {
      enableReporting: false,
      initialDelaySeconds: 3, // the chart leaves the period at 10 s: a first probe that comes too early costs them
      securityContext: { ...RESTRICTED, runAsUser: ALLOY.user, runAsGroup: ALLOY.user, runAsNonRoot: true },
      resources: size,
    },
    controller: { type: "deployment", replicas: 1, minReadySeconds: 0 }, // chart 10 s
  };
}

/**
 * The limiter refuses from 160 MiB on (`alloy/ingest.alloy`) and counts garbage, too: so Go's collector works harder from there
 * on. Below, it runs half as often as by default (100): with 100 it took a fifth of Alloy's CPU.
 */
const GARBAGE_COLLECTOR = [
  { name: "GOMEMLIMIT", value: "160MiB" },
  { name: "GOGC", value: "200" },
];

/** What the collector's values depend on. */
export interface AlloySettings {
  imageRegistry?: string;
  /** Backends that this stack runs: what they keep of its own telemetry decides what Alloy may read. */
  components: ReadonlySet<Component>;
}

/** Values of the `alloy` chart (grafana 1.x) for the collector in front of the stack. */
export function alloyValues({ imageRegistry, components }: AlloySettings) {
  const base = common("alloy", SIZE.alloy, imageRegistry);
  const rules = alloyRights(components).namespaced;
  return {
    ...base,
    // A Role in our namespace. What Alloy may read beyond it is no chart's object: uninstalling would leave it behind.
    rbac: rules.length > 0 ? { create: true, namespaces: [NAMESPACE], rules } : base.rbac,
    serviceAccount: { name: ALLOY.serviceAccount, automountServiceAccountToken: rules.length > 0 },
    alloy: {
      ...base.alloy,
      configMap: { create: false, name: ALLOY.configMap, key: ALLOY.configKey },
      stabilityLevel: "public-preview", // otelcol.storage.file
      extraEnv: GARBAGE_COLLECTOR,
      // New connections find the service without a pod after 2.5 s at most (alloy-reloader.ts), and the others end within
      // 2.2 s (alloy/ingest.alloy): then nothing is on its way, and no request is cut off. Needs Kubernetes 1.30.
      lifecycle: { preStop: { sleep: { seconds: 5 } } },
      storagePath: "/var/lib/alloy",
      extraPorts: [
        {
          name: "otlp-grpc",
          port: 4317,
          targetPort: ALLOY.otlp.grpc,
          protocol: "TCP",
          appProtocol: "kubernetes.io/h2c",
        },
        { name: "otlp-http", port: 4318, targetPort: ALLOY.otlp.http, protocol: "TCP" },
      ],
      mounts: {
        extra: [
          { name: "alloy-data", mountPath: "/var/lib/alloy" },
          { name: "sumo-credentials", mountPath: "/etc/sumo", readOnly: true },
        ],
      },
      livenessProbe: { httpGet: { path: "/-/healthy", port: 12345 }, periodSeconds: 10, failureThreshold: 6 },
    },
    configReloader: { enabled: false }, // ours is among extraContainers
    controller: {
      ...base.controller,
      extraContainers: [reloaderContainer(imageRegistry)],
      updateStrategy: { type: "Recreate" }, // one writer to the queue's volume
      terminationGracePeriodSeconds: 30,
      volumes: {
        extra: [
          { name: "alloy-data", persistentVolumeClaim: { claimName: ALLOY.claim } },
          { name: "sumo-credentials", secret: { secretName: ALLOY.credentials, defaultMode: 0o440 } },
        ],
      },
    },
  } satisfies HelmValues;
}

/** Values of the `alloy` chart for the stand-in for Sumo Logic; `config` is its whole configuration text. */
export function sumoStandInValues({ imageRegistry, config }: { imageRegistry?: string; config: string }) {
  const base = common("sumo-stand-in", SIZE.sumoStandIn, imageRegistry);
  return {
    ...base,
    alloy: {
      ...base.alloy,
      configMap: { create: true, content: config },
      stabilityLevel: "experimental", // otelcol.exporter.debug
      extraEnv: [goMemoryLimit(SIZE.sumoStandIn)],
      extraPorts: [{ name: "otlp-http", port: 4318, targetPort: 4318, protocol: "TCP" }],
    },
    configReloader: { enabled: false },
  } satisfies HelmValues;
}
