import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { alloyConfig } from "../alloy/compose";
import type { ChartSource, SumoSettings } from "../settings";
import { ALLOY, alloyValues } from "../values/alloy";
import { alloyRights } from "../values/alloy-rights";
import { ADDRESS, NODE_PORT } from "../values/shared";
import type { Component } from "../versions";
import { ChartRelease } from "./chart-release";
import { clusterWide, inside, ours, type Place } from "./place";

/** What the collector needs. */
export interface AlloyArgs {
  /** The chart. */
  chart: ChartSource;
  /** Namespace and cluster. */
  place: Place;
  /** Backends that this stack runs. */
  components: ReadonlySet<Component>;
  /** The second write. */
  sumo: SumoSettings;
  /** Registry in place of each image's own. Default: none. */
  imageRegistry?: string;
}

/** Alloy: takes OTLP once and writes it to the local stack and, on a path of its own, to Sumo. */
export class Alloy extends pulumi.ComponentResource {
  constructor(name: string, args: AlloyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("watchtower:index:Alloy", name, {}, opts);
    const { namespace } = args.place;
    const within = inside(this, args.place);
    const secondPath = args.sumo.destination !== "off";
    const config = new k8s.core.v1.ConfigMap(
      `${name}-config`,
      {
        metadata: ours(ALLOY.configMap, args.place),
        data: { [ALLOY.configKey]: alloyConfig({ components: args.components, secondPath }) },
      },
      within,
    );
    // There while the second write is off, too: the pod mounts it, and a toggle must not change the pod.
    const credentials = new k8s.core.v1.Secret(
      `${name}-sumo-credentials`,
      { metadata: ours(ALLOY.credentials, args.place), stringData: sumoCredentials(args.sumo) },
      within,
    );
    const claim = new k8s.core.v1.PersistentVolumeClaim(
      `${name}-data`,
      {
        metadata: { name: ALLOY.claim, namespace },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: ALLOY.claimSize } } },
      },
      // kind's storage class cannot resize: a claim that an earlier version made stays as large as it is.
      { ...within, ignoreChanges: ["spec.resources.requests.storage"] },
    );
    new ChartRelease(
      name,
      {
        chart: args.chart,
        place: args.place,
        values: alloyValues(args),
        after: [config, credentials, claim],
      },
      { parent: this },
    );
    const { clusterWide: rules } = alloyRights(args.components);
    if (rules.length > 0) this.allowInCluster(name, rules, args.place);
    // The chart would give a node port to Alloy's own page as well, which shows the endpoint.
    if (args.place.exposed) new k8s.core.v1.Service(`${name}-otlp`, otlpNodePorts(name, namespace), within);
    this.registerOutputs({});
  }

  /** Lets Alloy read beyond the namespace. The chart's way to do it would leave the role on an existing cluster for good. */
  private allowInCluster(name: string, rules: k8s.types.input.rbac.v1.PolicyRule[], place: Place): void {
    const metadata = { name: ALLOY.clusterRole };
    const role = new k8s.rbac.v1.ClusterRole(`${name}-role`, { metadata, rules }, clusterWide(this, place));
    new k8s.rbac.v1.ClusterRoleBinding(
      `${name}-role-binding`,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: ALLOY.serviceAccount, namespace: place.namespace }],
      },
      clusterWide(this, place),
    );
  }
}

/** What the pod finds under /etc/sumo. */
function sumoCredentials(sumo: SumoSettings): Record<string, pulumi.Input<string>> {
  const standIn = sumo.destination === "stand-in" ? ADDRESS.sumoStandIn : "";
  return {
    endpoint: sumo.endpoint ?? standIn,
    "headers.json": pulumi.jsonStringify(sumo.headers),
  };
}

function otlpNodePorts(name: string, namespace: pulumi.Output<string>): k8s.core.v1.ServiceArgs {
  return {
    metadata: {
      name: `${name}-otlp`,
      namespace,
      annotations: { "pulumi.com/skipAwait": "true" }, // the release waits for the pod already
    },
    spec: {
      type: "NodePort",
      selector: { "app.kubernetes.io/name": "alloy", "app.kubernetes.io/instance": name },
      ports: [
        { name: "otlp-grpc", port: 4317, targetPort: ALLOY.otlp.grpc, nodePort: NODE_PORT.otlpGrpc },
        { name: "otlp-http", port: 4318, targetPort: ALLOY.otlp.http, nodePort: NODE_PORT.otlpHttp },
      ],
    },
  };
}
