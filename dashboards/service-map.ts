import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as NodeGraphBuilder } from "@grafana/grafana-foundation-sdk/nodegraph";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { DataqueryBuilder as TempoQuery, SearchTableType } from "@grafana/grafana-foundation-sdk/tempo";
import type { Component } from "../versions";
import { dashboard, TEMPO } from "./build";
import { table } from "./panels";

/** Who calls whom, and the traces worth opening. Without Mimir, which keeps the graph, only the latter. */
export function serviceMapDashboard(components: ReadonlySet<Component>): Dashboard {
  return dashboard({
    uid: "watchtower-service-map",
    title: "Service map",
    description: "Who calls whom, how often and how well, and the traces that failed or were slow",
    sections: [
      { title: "Map", panels: components.has("mimir") ? [map(), calls()] : [] },
      {
        title: "Traces",
        panels: [
          traces(
            "Failed traces",
            "Requests that a service answered with an error",
            "{ kind = server && status = error }",
          ),
          traces(
            "Slow traces",
            "Requests that took a service over half a second",
            "{ kind = server && duration > 500ms }",
          ),
        ],
      },
    ],
  });
}

function map(): NodeGraphBuilder {
  return new NodeGraphBuilder()
    .title("Service map")
    .description("Services and their calls; the ring shows the share that failed")
    .datasource(TEMPO)
    .span(24)
    .height(14)
    .withTarget(new TempoQuery().datasource(TEMPO).refId("A").queryType("serviceMap"));
}

function calls() {
  const rate = (metric: string) =>
    `sum by (client, server) (rate(traces_service_graph_request_${metric}[$__rate_interval]))`;
  const buckets = `rate(traces_service_graph_request_server_seconds_bucket[$__rate_interval])`;
  return table({ title: "Calls", description: "Each arrow of the map in figures, over the last minute" }, [
    { expr: rate("total"), name: "Calls", unit: "reqps" },
    {
      expr: `(${rate("failed_total")} or 0 * ${rate("total")}) / ${rate("total")}`,
      name: "Errors",
      unit: "percentunit",
    },
    {
      expr: `histogram_quantile(0.95, sum by (le, client, server) (${buckets}))`,
      name: "p95",
      unit: "s",
    },
  ]);
}

function traces(title: string, description: string, query: string): TableBuilder {
  return new TableBuilder()
    .title(title)
    .description(description)
    .datasource(TEMPO)
    .span(12)
    .height(12)
    .withTarget(
      new TempoQuery()
        .datasource(TEMPO)
        .refId("A")
        .queryType("traceql")
        .query(query)
        .limit(20)
        .tableType(SearchTableType.Traces),
    );
}
