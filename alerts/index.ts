import { MIMIR } from "../dashboards/build";
import type { HelmValue } from "../values/shared";
import type { Component } from "../versions";
import { type Rule, rules } from "./rules";

/** The alert rules as a file of Grafana's provisioning; undefined where there are none. */
export function alerts(components: ReadonlySet<Component>): HelmValue | undefined {
  const made = rules(components);
  if (made.length === 0) return undefined;
  return {
    apiVersion: 1,
    groups: [
      { orgId: 1, name: "watchtower", folder: "Watchtower", interval: "30s", rules: made.map(provisioned) },
    ],
  };
}

function provisioned({ uid, title, expr, for: pending, text }: Rule): HelmValue {
  const evaluator = { type: "gt", params: [0] };
  return {
    uid,
    title,
    condition: "above",
    for: pending,
    // A counter that never counted is no alarm; that nobody counts is a rule of its own.
    noDataState: "OK",
    execErrState: "Error",
    annotations: { summary: title, description: text },
    labels: { source: "watchtower" },
    data: [
      {
        refId: "A",
        datasourceUid: MIMIR.uid,
        relativeTimeRange: { from: 600, to: 0 },
        model: {
          refId: "A",
          datasource: MIMIR,
          expr,
          instant: true,
          range: false,
        },
      },
      {
        refId: "above",
        datasourceUid: "__expr__",
        relativeTimeRange: { from: 0, to: 0 },
        model: {
          refId: "above",
          datasource: { type: "__expr__", uid: "__expr__" },
          type: "threshold",
          expression: "A",
          conditions: [{ evaluator }],
        },
      },
    ],
  };
}
