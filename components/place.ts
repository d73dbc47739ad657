import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Where in which cluster the stack lives: what every object of it is made with. */
export interface Place {
  /** The cluster's API. */
  provider: k8s.Provider;
  /** The stack's namespace; also part of every in-cluster address. */
  namespace: pulumi.Output<string>;
  /** What takes everything with it when it goes, so that nothing is then deleted singly. */
  deletedWith: pulumi.Resource;
  /** The same for objects outside the namespace; undefined: the cluster stays, and they are deleted singly. */
  clusterDeletedWith?: pulumi.Resource;
  /** Whether node ports are mapped to the laptop (our own kind cluster). */
  exposed: boolean;
}

/** Options of an object that `parent` makes in `place`. */
export function inside(parent: pulumi.Resource, place: Place): pulumi.CustomResourceOptions {
  return { parent, provider: place.provider, deletedWith: place.deletedWith };
}

/**
 * Metadata of an object whose content is the program's alone. Once somebody has changed it with kubectl, Kubernetes would
 * refuse to have it changed back, and `pulumi up --refresh` would fail.
 */
export function ours(name: string, { namespace }: Place) {
  return { name, namespace, annotations: { "pulumi.com/patchForce": "true" } };
}

/** Options of an object of the whole cluster that `parent` makes. */
export function clusterWide(parent: pulumi.Resource, place: Place): pulumi.CustomResourceOptions {
  return { parent, provider: place.provider, deletedWith: place.clusterDeletedWith };
}
