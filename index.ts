import * as pulumi from "@pulumi/pulumi";
import { AdminPassword } from "./components/admin-password";
import { Alloy } from "./components/alloy";
import { ChartRelease } from "./components/chart-release";
import { Cluster } from "./components/cluster";
import { Grafana } from "./components/grafana";
import { SumoStandIn } from "./components/sumo-stand-in";
import { addresses, outputs } from "./outputs";
import { readSettings } from "./settings";
import { CLUSTER_NAME } from "./values/kind";
import { lokiValues } from "./values/loki";
import { mimirValues } from "./values/mimir";
import { tempoValues } from "./values/tempo";

/** The whole program: Pulumi calls it once, and so do `npm run plan` and the tests, without an engine. */
export = function watchtower() {
  const settings = readSettings();
  const { charts, components, sumo } = settings;
  const at = addresses(settings);
  const cluster = new Cluster(CLUSTER_NAME, settings.cluster);
  const { place } = cluster;

  if (components.has("tempo")) {
    const values = tempoValues({ ...settings, withMimir: components.has("mimir") });
    new ChartRelease("tempo", { chart: charts.tempo, place, values });
  }
  if (components.has("loki"))
    new ChartRelease("loki", { chart: charts.loki, place, values: lokiValues(settings) });
  if (components.has("mimir"))
    new ChartRelease("mimir", { chart: charts.mimir, place, values: mimirValues(settings) });

  const adminPassword = new AdminPassword("grafana-password", settings.grafanaAdminPassword);
  if (components.has("grafana"))
    new Grafana("grafana", { ...settings, chart: charts.grafana, place, adminPassword, rootUrl: at.grafana });

  if (components.has("alloy")) new Alloy("alloy", { ...settings, chart: charts.alloy, place });
  if (sumo.destination === "stand-in") {
    new SumoStandIn("sumo-stand-in", { ...settings, chart: charts.alloy, place });
    void pulumi.log.warn(
      "No sumoEndpoint is set: the second write goes to a built-in stand-in that counts and keeps nothing. Send it to Sumo " +
        "with `pulumi config set --secret sumoEndpoint https://…`, or switch it off with `pulumi config set sumoEnabled false`.",
    );
  }

  return outputs(settings, at, {
    place,
    kubeconfig: cluster.kubeconfig,
    grafanaPassword: adminPassword.password,
  });
};
