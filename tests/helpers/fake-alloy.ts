import { SECOND } from "../../alloy/labels";

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
type Items = keyof typeof DATA_TYPES;
const ITEMS = Object.keys(DATA_TYPES) as Items[];

/** The metrics page of the stand-in, as Alloy 1.18 writes it: no series before the first item. */
export function standInPage(accepted: Counts): string {
  return page("otelcol_receiver_accepted", () => "otelcol.receiver.otlp.sumo", accepted);
}

/** What Alloy's page shows of one path. */
export interface Exporter {
  /** A backend, or `sumo`, where each signal has an exporter of its own. */
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
    page("otelcol_receiver_accepted", () => "otelcol.receiver.otlp.ingest", accepted),
    page("otelcol_receiver_refused", () => "otelcol.receiver.otlp.ingest", refused),
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
  const component = (items: Items) =>
    `otelcol.exporter.otlphttp.${name === SECOND ? `${SECOND}_${DATA_TYPES[items]}` : name}`;
  // An exporter has a queue for each signal, whether it is given that or not.
  const queue = (what: string, bytes: (isOwn: boolean) => number) =>
    [...new Set(ITEMS.map(component))].flatMap((id) =>
      ITEMS.map(
        (items) =>
          `otelcol_exporter_queue_${what}{component_id="${id}",component_path="/",data_type="${DATA_TYPES[items]}",${SCOPE}} ${bytes(id === component(items))}`,
      ),
    );
  const batches = (items: Items, unit: string, total: number) =>
    `otelcol_exporter_queue_batch_send_size${unit}_sum{component_id="${component(items)}",component_path="/",${SCOPE}} ${total}`;
  return [
    ...queue("size", (isOwn) => (isOwn ? queuedBytes : 0)),
    ...queue("capacity", () => capacityBytes),
    ...ITEMS.filter((items) => sent[items] > 0).flatMap((items) => [
      batches(items, "", sent[items]),
      batches(items, "_bytes", sent[items] * ITEM_BYTES),
    ]),
    page("otelcol_exporter_sent", component, sent),
    page("otelcol_exporter_send_failed", component, failed),
    page("otelcol_exporter_enqueue_failed", component, overflown),
  ].join("\n");
}

function page(family: string, component: (items: Items) => string, counts: Counts): string {
  return ITEMS.filter((items) => counts[items] > 0)
    .map((items) =>
      [
        `# HELP ${family}_${items}_total Number of items. [Alpha]`,
        `# TYPE ${family}_${items}_total counter`,
        `${family}_${items}_total{component_id="${component(items)}",component_path="/",${SCOPE}} ${counts[items]}`,
      ].join("\n"),
    )
    .join("\n");
}
