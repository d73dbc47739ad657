import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

const MIMIR = { type: "prometheus", uid: "mimir" };

/** Spans that stand for a request at a service's door; CLIENT and INTERNAL spans would count it again. */
const REQUESTS = `service=~"$service", span_kind="SPAN_KIND_SERVER"`;

/** Requests, errors and latency of each service, from the span metrics that Tempo writes to Mimir. */
export function servicesDashboard(): Dashboard {
  return new DashboardBuilder("Services")
    .uid("watchtower-services")
    .description("Requests, errors and latency of each service, from the spans Tempo received")
    .tags(["watchtower"])
    .refresh("10s")
    .time({ from: "now-15m", to: "now" })
    .timezone("browser")
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(
      new QueryVariableBuilder("service")
        .label("Service")
        .datasource(MIMIR)
        .query("label_values(traces_spanmetrics_calls_total, service)")
        .multi(true)
        .includeAll(true)
        .current({ selected: true, text: ["All"], value: ["$__all"] })
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .sort(VariableSort.AlphabeticalAsc),
    )
    .withPanel(
      panel(1, "Requests", "Requests a second, by service", "reqps").withTarget(
        query(
          `sum by (service) (rate(traces_spanmetrics_calls_total{${REQUESTS}}[$__rate_interval]))`,
          "{{service}}",
        ),
      ),
    )
    .withPanel(
      panel(2, "Errors", "Share of requests that failed, by service", "percentunit")
        .max(1)
        .withTarget(query(errorShare(), "{{service}}")),
    )
    .withPanel(
      [0.5, 0.95, 0.99].reduce(
        (latency, quantile) =>
          latency.withTarget(
            query(latencyAt(quantile), `p${quantile * 100}`)
              .refId(`p${quantile * 100}`)
              .exemplar(true),
          ),
        panel(3, "Latency", "p50, p95 and p99 of the chosen services; a dot opens its trace", "s").span(24),
      ),
    )
    .build();
}

/** 0 where no request failed, rather than no line at all. */
function errorShare(): string {
  const rate = (matchers: string) =>
    `sum by (service) (rate(traces_spanmetrics_calls_total{${matchers}}[$__rate_interval]))`;
  const all = rate(REQUESTS);
  return `(${rate(`${REQUESTS}, status_code="STATUS_CODE_ERROR"`)} or 0 * ${all}) / ${all}`;
}

function latencyAt(quantile: number): string {
  const buckets = `traces_spanmetrics_latency_bucket{${REQUESTS}}`;
  return `histogram_quantile(${quantile}, sum by (le) (rate(${buckets}[$__rate_interval])))`;
}

function panel(id: number, title: string, description: string, unit: string): PanelBuilder {
  return new PanelBuilder()
    .id(id)
    .title(title)
    .description(description)
    .datasource(MIMIR)
    .unit(unit)
    .min(0)
    .span(12)
    .height(9);
}

function query(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(MIMIR).refId("A").expr(expr).legendFormat(legend);
}
