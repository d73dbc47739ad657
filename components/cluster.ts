import { createHash } from "node:crypto";
import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { ClusterSettings } from "../settings";
import { KIND_AT_WORK, kindConfig } from "../values/kind";
import { NAMESPACE } from "../values/shared";
import type { Place } from "./place";

/** The cluster that the stack runs in, made by us (kind) or there already, with the stack's namespace in it. */
export class Cluster extends pulumi.ComponentResource {
  /** Where the stack's objects go. */
  readonly place: Place;
  /** Admin access to the cluster we made; undefined on an existing one, whose user has their own. */
  readonly kubeconfig?: pulumi.Output<string>;

  constructor(name: string, args: ClusterSettings, opts?: pulumi.ComponentResourceOptions) {
    super("watchtower:index:Cluster", name, {}, opts);
    const kind = args.kind === "kind" ? this.makeKind(name, args) : undefined;
    this.kubeconfig = kind && pulumi.secret(kind.stdout);
    const provider = new k8s.Provider(
      `${name}-provider`,
      {
        // A changed ConfigMap or Secret is changed in place; the provider's default deletes it first.
        enableConfigMapMutable: true,
        enableSecretMutable: true,
        ...(args.kind === "kind"
          ? // Without an identifier of its own a kubeconfig not known yet replaces everything (pulumi-kubernetes#2745).
            { kubeconfig: this.kubeconfig, clusterIdentifier: identifier(name, args) }
          : { context: args.kubeContext, clusterIdentifier: args.kubeContext }),
      },
      { parent: this },
    );
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      { metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "restricted" } } },
      { parent: this, provider, deletedWith: kind && provider },
    );
    // All that lives in a kind cluster goes when its provider goes, which is when the cluster does: on `destroy`, and when
    // the cluster is made anew. Named the command itself, the engine would still delete each object of a cluster that
    // is being replaced, after it is gone.
    this.place = {
      provider,
      namespace: namespace.metadata.name,
      deletedWith: kind ? provider : namespace,
      clusterDeletedWith: kind && provider,
      exposed: kind !== undefined,
    };
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }

  private makeKind(name: string, args: ClusterSettings & { kind: "kind" }): command.local.Command {
    const owner = new random.RandomId(`${name}-owner`, { byteLength: 8 }, { parent: this });
    const config = kindConfig(args.hostPorts);
    const nodeImage = args.nodeImage ?? "";
    return new command.local.Command(
      `${name}-kind`,
      {
        create: "sh scripts/kind-cluster.sh ensure",
        update: "sh scripts/kind-cluster.sh ensure",
        delete: "sh scripts/kind-cluster.sh delete",
        environment: {
          CLUSTER: name,
          OWNER: owner.hex,
          STACK: pulumi.getStack(),
          KIND_CONFIG: config,
          NODE_IMAGE: nodeImage,
          HOST_PORTS: Object.entries(args.hostPorts)
            .map(([key, port]) => `${key}=${port}`)
            .join(" "),
          AT_WORK: KIND_AT_WORK,
        },
        // Ports and node image are fixed when a node is made: a change replaces the cluster and all data in it.
        triggers: [config, nodeImage],
        addPreviousOutputInEnv: false,
        logging: "stderr", // kind's progress; stdout is the kubeconfig, and is logged even when secret (pulumi-command#260)
      },
      { parent: this, deleteBeforeReplace: true, additionalSecretOutputs: ["stdout"] },
    );
  }
}

/** Changes exactly when the cluster is made anew, and is known in a preview. */
function identifier(name: string, args: ClusterSettings & { kind: "kind" }): string {
  const hash = createHash("sha256")
    .update(kindConfig(args.hostPorts))
    .update(args.nodeImage ?? "");
  return `kind-${name}-${hash.digest("hex").slice(0, 12)}`;
}
