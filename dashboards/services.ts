import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Component } from "../versions";
import { dashboard, MIMIR, serviceVariable } from "./build";
import { type Line, lines, linesWithExemplars, logs, table } from "./panels";

/** Spans that stand for a request at a service's door; CLIENT and INTERNAL spans would count it again. */
const REQUESTS = `service=~"$service", span_kind="SPAN_KIND_SERVER"`;
const QUANTILES = [0.5, 0.95, 0.99];

/** Requests, errors and latency of each service and route, from the span metrics that Tempo writes to Mimir. */
export function servicesDashboard(components: ReadonlySet<Component>): Dashboard {
  return dashboard({
    uid: "watchtower-services",
    title: "Services",
    description: "Requests, errors and latency of each service and route, from the spans Tempo received",
    variables: [serviceVariable(MIMIR, "label_values(traces_spanmetrics_calls_total, service)")],
    sections: [
      { title: "By service", panels: byService() },
      { title: "By route", panels: byRoute() },
      {
        title: "Logs",
        panels: components.has("loki")
          ? [
              logs(
                {
                  title: "Logs",
                  description: "What the chosen services wrote; a line's trace is in its details",
                },
                `{service_name=~"$service", job=""}`,
              ),
            ]
          : [],
      },
    ],
  });
}

function byService() {
  return [
    lines({ title: "Requests", description: "Requests a second, by service", unit: "reqps" }, [
      rate("service"),
      "{{service}}",
    ]),
    lines(
      { title: "Errors", description: "Share of requests that failed, by service", unit: "percentunit" },
      [errorShare("service"), "{{service}}"],
    ).max(1),
    linesWithExemplars(
      {
        title: "Latency",
        description: "p50, p95 and p99 of each service; a dot opens its trace",
        unit: "s",
        span: 24,
      },
      ...QUANTILES.map((quantile): Line => [latency(quantile, "service"), `{{service}} p${quantile * 100}`]),
    ),
  ];
}

function byRoute() {
  const by = "service, span_name";
  return [
    table(
      { title: "Routes", description: "Requests, errors and latency of each route over the last minute" },
      [
        { expr: rate(by), name: "Requests", unit: "reqps" },
        { expr: errorShare(by), name: "Errors", unit: "percentunit" },
        ...QUANTILES.map((quantile) => ({
          expr: latency(quantile, by),
          name: `p${quantile * 100}`,
          unit: "s",
        })),
      ],
    ),
    linesWithExemplars(
      {
        title: "Latency by route",
        description: "p95 of each route; a dot opens its trace",
        unit: "s",
        span: 24,
      },
      [latency(0.95, by), "{{service}} {{span_name}}"],
    ),
  ];
}

function rate(by: string, matchers = REQUESTS): string {
  return `sum by (${by}) (rate(traces_spanmetrics_calls_total{${matchers}}[$__rate_interval]))`;
}

/** 0 where no request failed, rather than no line at all. */
function errorShare(by: string): string {
  const failed = rate(by, `${REQUESTS}, status_code="STATUS_CODE_ERROR"`);
  return `(${failed} or 0 * ${rate(by)}) / ${rate(by)}`;
}

function latency(quantile: number, by: string): string {
  const buckets = `traces_spanmetrics_latency_bucket{${REQUESTS}}`;
  return `histogram_quantile(${quantile}, sum by (le, ${by}) (rate(${buckets}[$__rate_interval])))`;
}
