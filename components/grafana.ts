import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { alerts } from "../alerts";
import { dashboards } from "../dashboards";
import type { ChartSource } from "../settings";
import { GRAFANA, grafanaCommand, grafanaValues, type GrafanaSettings } from "../values/grafana";
import type { AdminPassword } from "./admin-password";
import { ChartRelease } from "./chart-release";
import { inside, ours, type Place } from "./place";

/** What Grafana needs. */
export interface GrafanaArgs extends Omit<GrafanaSettings, "alertRules" | "exposed"> {
  /** The chart. */
  chart: ChartSource;
  /** Namespace and cluster. */
  place: Place;
  /** Of the user `admin`. */
  adminPassword: AdminPassword;
}

/** Grafana with its admin's Secret, its data sources, its dashboards and its alert rules. */
export class Grafana extends pulumi.ComponentResource {
  constructor(name: string, args: GrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("watchtower:index:Grafana", name, {}, opts);
    const { password, changed } = args.adminPassword;
    const admin = new k8s.core.v1.Secret(
      `${name}-admin`,
      {
        metadata: ours(GRAFANA.admin, args.place),
        stringData: { [GRAFANA.userKey]: GRAFANA.adminUser, [GRAFANA.passwordKey]: password },
      },
      inside(this, args.place),
    );
    const provisioned = new k8s.core.v1.ConfigMap(
      `${name}-dashboards`,
      { metadata: ours(GRAFANA.dashboards, args.place), data: dashboards(args.components) },
      inside(this, args.place),
    );
    const values = {
      ...grafanaValues({
        ...args,
        alertRules: alerts(args.components),
        exposed: args.place.exposed,
      }),
      command: changed.apply(grafanaCommand),
    };
    new ChartRelease(
      name,
      { chart: args.chart, place: args.place, values, after: [admin, provisioned] },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
