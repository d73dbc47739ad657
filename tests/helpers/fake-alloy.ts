/** How much of each kind has passed, and the labels beside `component_id`. */
export interface Counts {
  spans: number;
  log_records: number;
  metric_points: number;
}

export const NONE: Counts = { spans: 0, log_records: 0, metric_points: 0 };

const SCOPE =
  'otel_scope_name="go.opentelemetry.io/collector",otel_scope_schema_url="",otel_scope_version=""';
const DATA_TYPES = { spans: "traces", log_records: "logs", metric_points: "metrics" };

/** The metrics page of the stand-in, as Alloy 1.18 writes it: no series before the first item. */
export function standInPage(accepted: Counts): string {
  return page("otelcol_receiver_accepted", "otelcol.receiver.otlp.sumo", accepted);
}

/** What Alloy's page shows of one exporter. */
export interface Exporter {
  name: string;
  sent?: Counts;
  failed?: Counts;
  queuedBytes?: number;
}

/** Alloy's metrics page: queues from the start, counters from the first item on. */
export function alloyPage(exporters: Exporter[]): string {
  return exporters
    .map(({ name, sent = NONE, failed = NONE, queuedBytes = 0 }) => {
      const component = `otelcol.exporter.otlphttp.${name}`;
      const queues = Object.values(DATA_TYPES).map(
        (type) =>
          `otelcol_exporter_queue_size{component_id="${component}",component_path="/",data_type="${type}",${SCOPE}} ${queuedBytes}`,
      );
      return [
        ...queues,
        page("otelcol_exporter_sent", component, sent),
        page("otelcol_exporter_send_failed", component, failed),
      ].join("\n");
    })
    .join("\n");
}

function page(family: string, component: string, counts: Counts): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([items, count]) =>
      [
        `# HELP ${family}_${items}_total Number of items. [Alpha]`,
        `# TYPE ${family}_${items}_total counter`,
        `${family}_${items}_total{component_id="${component}",component_path="/",${SCOPE}} ${count}`,
      ].join("\n"),
    )
    .join("\n");
}
