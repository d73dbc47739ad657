import type { Component } from "../versions";
import { datasources } from "./datasources";
import { type HelmValue, type HelmValues, NODE_PORT, OUTLIVES_ITS_RELEASE, QUICK_READINESS } from "./shared";
import { SIZE } from "./sizes";

/** Names that Grafana's values and the objects beside its release agree on. */
export const GRAFANA = {
  admin: "grafana-admin",
  adminUser: "admin",
  userKey: "admin-user",
  passwordKey: "admin-password",
  dashboards: "watchtower-dashboards",
  claim: "grafana",
};

/** What Grafana's values depend on. */
export interface GrafanaSettings {
  imageRegistry?: string;
  /** Backends that this stack runs: each has its data source, and links only to those that are there. */
  components: ReadonlySet<Component>;
  /** The alert rules as a file of its provisioning; undefined: none. */
  alertRules?: HelmValue;
  /** Where people open it; its links and redirects are built from it. */
  rootUrl: string;
  /** On our own cluster the service takes the node port that kind maps; elsewhere it stays inside. */
  exposed: boolean;
}

/**
 * What the container runs in place of its image's own /run.sh once the password was changed: Grafana takes it from its
 * surroundings at its first start only (grafana/helm-charts#3807), so it is set once for each version. Where that fails,
 * Grafana keeps the old one. Kubernetes would read `$(…)` as a variable of its own.
 * @param version of the password; undefined: it is still the first one, and the image's own will do
 */
export function grafanaCommand(version: string | undefined): string[] | undefined {
  if (version === undefined) return undefined;
  const script = `
set_version="$GF_PATHS_DATA/watchtower-password-version"
if [ -e "$GF_PATHS_DATA/grafana.db" ] && ! grep -qxF ${version} "$set_version" 2> /dev/null; then
  printf '%s\\n' "$GF_SECURITY_ADMIN_PASSWORD" |
    grafana cli --homepath "$GF_PATHS_HOME" --config "$GF_PATHS_CONFIG" admin reset-admin-password --password-from-stdin &&
    echo ${version} > "$set_version"
fi
exec /run.sh`;
  return ["/bin/sh", "-c", script.trim()];
}

/** Values of the `grafana` chart (grafana-community 12.x): one pod, provisioned whole. */
export function grafanaValues({ imageRegistry, components, alertRules, rootUrl, exposed }: GrafanaSettings) {
  return {
    fullnameOverride: "grafana",
    global: { imageRegistry },
    // Without an existing secret the chart draws a password, and a checksum with it, at every render.
    admin: { existingSecret: GRAFANA.admin, userKey: GRAFANA.userKey, passwordKey: GRAFANA.passwordKey },
    service: exposed
      ? { type: "NodePort", port: 80, nodePort: NODE_PORT.grafana }
      : { type: "ClusterIP", port: 80 },
    resources: SIZE.grafana,
    persistence: {
      enabled: true,
      type: "pvc",
      size: "1Gi",
      lookupVolumeName: false,
      annotations: OUTLIVES_ITS_RELEASE,
    },
    deploymentStrategy: { type: "Recreate" }, // sqlite on one volume: never two pods
    initChownData: { enabled: false }, // would run as root; fsGroup does
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 472,
      runAsGroup: 472,
      fsGroup: 472,
      seccompProfile: { type: "RuntimeDefault" },
    },
    testFramework: { enabled: false },
    rbac: { create: false },
    serviceAccount: { create: true, automountServiceAccountToken: false },
    automountServiceAccountToken: false,
    sidecar: { dashboards: { enabled: false }, datasources: { enabled: false } },
    imageRenderer: { enabled: false },
    readinessProbe: { httpGet: { path: "/api/health", port: "grafana" }, ...QUICK_READINESS },
    "grafana.ini": {
      analytics: { reporting_enabled: false, check_for_updates: false, check_for_plugin_updates: false },
      news: { news_feed_enabled: false },
      users: { allow_sign_up: false },
      plugins: { preinstall_disabled: true }, // or it downloads plug-ins at start
      server: { root_url: rootUrl },
    },
    datasources: { "datasources.yaml": { apiVersion: 1, prune: true, datasources: datasources(components) } },
    alerting: alertRules === undefined ? {} : { "rules.yaml": alertRules },
    dashboardProviders: {
      "dashboardproviders.yaml": {
        apiVersion: 1,
        providers: [
          {
            name: "watchtower",
            orgId: 1,
            folder: "Watchtower",
            type: "file",
            disableDeletion: true,
            allowUiUpdates: false,
            options: { path: "/var/lib/grafana/dashboards/watchtower" },
          },
        ],
      },
    },
    dashboardsConfigMaps: { watchtower: GRAFANA.dashboards },
  } satisfies HelmValues;
}
