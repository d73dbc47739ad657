import * as pulumi from "@pulumi/pulumi";
import { standInConfig } from "../alloy/compose";
import type { ChartSource } from "../settings";
import { sumoStandInValues } from "../values/alloy";
import { ChartRelease } from "./chart-release";
import type { Place } from "./place";

/** What the stand-in for Sumo Logic needs. */
export interface SumoStandInArgs {
  /** The `alloy` chart. */
  chart: ChartSource;
  /** Namespace and cluster. */
  place: Place;
  /** Registry in place of each image's own. Default: none. */
  imageRegistry?: string;
}

/** A second, small Alloy in Sumo's place: takes the second write, counts it, keeps nothing. */
export class SumoStandIn extends pulumi.ComponentResource {
  constructor(name: string, args: SumoStandInArgs, opts?: pulumi.ComponentResourceOptions) {
    super("watchtower:index:SumoStandIn", name, {}, opts);
    const values = sumoStandInValues({ imageRegistry: args.imageRegistry, config: standInConfig() });
    // Nothing waits for it: until it is ready the second path's queue holds what is for it, and a toggle stays quick.
    new ChartRelease(
      name,
      { chart: args.chart, place: args.place, values, skipAwait: true },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
