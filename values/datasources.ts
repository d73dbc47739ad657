import type { Component } from "../versions";
import { ADDRESS, type HelmValue } from "./shared";

/** A data source as Grafana provisions it. */
type DataSource = { [key: string]: HelmValue };

/**
 * The data sources of the backends that run, each linked to the others that do. Grafana expands `$name` in
 * provisioning files, so a variable of its own is written `$$name`.
 */
export function datasources(components: ReadonlySet<Component>): DataSource[] {
  return [
    ...(components.has("mimir") ? [mimir(components)] : []),
    ...(components.has("loki") ? [loki(components)] : []),
    ...(components.has("tempo") ? [tempo(components)] : []),
  ];
}

function mimir(components: ReadonlySet<Component>): DataSource {
  return {
    name: "Mimir",
    uid: "mimir",
    type: "prometheus",
    access: "proxy",
    url: ADDRESS.mimirQuery,
    isDefault: true,
    editable: false,
    jsonData: {
      httpMethod: "POST",
      prometheusType: "Mimir",
      timeInterval: "15s",
      ...(components.has("tempo") && {
        exemplarTraceIdDestinations: [
          { name: "trace_id", datasourceUid: "tempo", urlDisplayLabel: "View trace" },
        ],
      }),
    },
  };
}

function loki(components: ReadonlySet<Component>): DataSource {
  return {
    name: "Loki",
    uid: "loki",
    type: "loki",
    access: "proxy",
    url: ADDRESS.loki,
    editable: false,
    jsonData: {
      ...(components.has("tempo") && {
        derivedFields: [
          {
            name: "trace_id",
            matcherType: "label", // the id is structured metadata, not a part of the line
            matcherRegex: "trace_id",
            datasourceUid: "tempo",
            url: "$${__value.raw}",
            urlDisplayLabel: "View trace",
          },
        ],
      }),
    },
  };
}

/** How far around a span its logs and metrics are looked for. */
const AROUND = { spanStartTimeShift: "-5m", spanEndTimeShift: "5m" };

function tempo(components: ReadonlySet<Component>): DataSource {
  return {
    name: "Tempo",
    uid: "tempo",
    type: "tempo",
    access: "proxy",
    url: ADDRESS.tempo,
    editable: false,
    jsonData: {
      nodeGraph: { enabled: true },
      search: { hide: false },
      streamingEnabled: { search: false },
      ...(components.has("loki") && {
        lokiSearch: { datasourceUid: "loki" },
        tracesToLogsV2: {
          datasourceUid: "loki",
          ...AROUND,
          tags: [{ key: "service.name", value: "service_name" }],
          filterByTraceID: false,
          filterBySpanID: false,
          customQuery: true,
          query: '{$${__tags}} | trace_id = "$${__trace.traceId}"',
        },
      }),
      ...(components.has("mimir") && {
        serviceMap: { datasourceUid: "mimir" },
        tracesToMetrics: {
          datasourceUid: "mimir",
          ...AROUND,
          tags: [{ key: "service.name", value: "service" }],
          queries: [
            {
              name: "Request rate",
              query: "sum(rate(traces_spanmetrics_calls_total{$$__tags}[$$__rate_interval]))",
            },
            {
              name: "p95 latency",
              query:
                "histogram_quantile(0.95, sum by (le) (rate(traces_spanmetrics_latency_bucket{$$__tags}[$$__rate_interval])))",
            },
          ],
        },
      }),
    },
  };
}
