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
  /** Items that found the queue full. */
  overflown?: Counts;
  queuedBytes?: number;
  /** Default: 192 MiB. */
  capacityBytes?: number;
}

/** What Alloy's page shows of itself. */
export interface OwnState {
  accepted?: Counts;
  refused?: Counts;
  configAccepted?: boolean;
  unhealthy?: number;
  /** In s since 1970. */
  startedAt?: number;
}

/** Alloy's metrics page: queues from the start, counters from the first item on. */
export function alloyPage(
  exporters: Exporter[],
  {
    accepted = NONE,
    refused = NONE,
    configAccepted = true,
    unhealthy = 0,
    startedAt = 1_795_000_000,
  }: OwnState = {},
): string {
  const own = [
    `alloy_config_last_load_successful ${configAccepted ? 1 : 0}`,
    `alloy_component_controller_running_components{health_type="healthy"} 28`,
    `alloy_component_controller_running_components{health_type="unhealthy"} ${unhealthy}`,
    `process_start_time_seconds ${startedAt}`,
    page("otelcol_receiver_accepted", "otelcol.receiver.otlp.ingest", accepted),
    page("otelcol_receiver_refused", "otelcol.receiver.otlp.ingest", refused),
  ];
  return [...own, ...exporters.map(exporterPage)].join("\n");
}

/** Bytes of an item, in the queues of this fake. */
export const ITEM_BYTES = 100;

function exporterPage({
  name,
  sent = NONE,
  failed = NONE,
  overflown = NONE,
  queuedBytes = 0,
  capacityBytes = 192 * 2 ** 20,
}: Exporter): string {
  const component = `otelcol.exporter.otlphttp.${name}`;
  const queue = (what: string, bytes: number) =>
    Object.values(DATA_TYPES).map(
      (type) =>
        `otelcol_exporter_queue_${what}{component_id="${component}",component_path="/",data_type="${type}",${SCOPE}} ${bytes}`,
    );
  const items = sent.spans + sent.log_records + sent.metric_points;
  const batches = (unit: string, total: number) =>
    `otelcol_exporter_queue_batch_send_size${unit}_sum{component_id="${component}",component_path="/",${SCOPE}} ${total}`;
  return [
    ...queue("size", queuedBytes),
    ...queue("capacity", capacityBytes),
    ...(items > 0 ? [batches("", items), batches("_bytes", items * ITEM_BYTES)] : []),
    page("otelcol_exporter_sent", component, sent),
    page("otelcol_exporter_send_failed", component, failed),
    page("otelcol_exporter_enqueue_failed", component, overflown),
  ].join("\n");
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
