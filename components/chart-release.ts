import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ChartSource } from "../settings";
import { inside, type Place } from "./place";

/** What a Helm release of one of our charts needs. */
export interface ChartReleaseArgs {
  /** Which chart, from where, pinned. */
  chart: ChartSource;
  /** Namespace and cluster. */
  place: Place;
  /** The chart's values; its own defaults fill only what nobody decided. */
  values: pulumi.Inputs;
  /** Objects that must exist before the pods start (Secret, ConfigMap, claim). Default: none. */
  after?: pulumi.Resource[];
  /** Return before the pods are ready. Default: false. */
  skipAwait?: boolean;
}

/** A first pull of all images over a slow line takes longer than the provider's own 300 s. */
const FIRST_PULL_TIMEOUT_S = 1200;

/** One pinned chart, installed and ready. */
export class ChartRelease extends pulumi.ComponentResource {
  constructor(name: string, args: ChartReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("watchtower:index:ChartRelease", name, {}, opts);
    new k8s.helm.v3.Release(
      `${name}-release`,
      {
        name, // fixed: in-cluster addresses rest on it, and Pulumi would add a suffix
        namespace: args.place.namespace,
        ...source(args.chart),
        values: args.values,
        skipAwait: args.skipAwait,
        timeout: FIRST_PULL_TIMEOUT_S,
        maxHistory: 5,
      },
      { ...inside(this, args.place), dependsOn: args.after },
    );
    this.registerOutputs({});
  }
}

function source(chart: ChartSource) {
  if (chart.path !== undefined) return { chart: chart.path };
  const { chart: name, repo, version } = chart;
  // An OCI registry has no index: the chart's whole address is its name.
  if (repo.startsWith("oci://")) return { chart: `${repo}/${name}`, version };
  return { chart: name, version, repositoryOpts: { repo } }; // not repo/name: that reads the user's own list (#2578)
}
