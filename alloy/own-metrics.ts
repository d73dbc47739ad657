const SIGNALS = ["spans", "metric_points", "log_records"];

/**
 * The stack's own metrics that are kept: what dashboards and alerts ask for, which a test holds them to. Every other
 * series of the pods' pages is dropped where it is scraped.
 */
export const OWN_METRICS = [
  "up",
  // Alloy: what came in, what went out on each path, what waits, how the other side answers.
  ...SIGNALS.flatMap((items) => [
    `otelcol_receiver_accepted_${items}_total`,
    `otelcol_receiver_refused_${items}_total`,
    `otelcol_exporter_sent_${items}_total`,
    `otelcol_exporter_send_failed_${items}_total`,
    `otelcol_exporter_enqueue_failed_${items}_total`,
  ]),
  "otelcol_exporter_queue_size",
  "otelcol_exporter_queue_capacity",
  "otelcol_exporter_queue_batch_send_size_bytes_sum",
  "http_client_request_duration_seconds_count",
  "alloy_config_last_load_successful",
  "alloy_component_controller_running_components",
  // Tempo, Loki, Mimir: what they take, what they throw away, how full they are.
  "tempo_distributor_spans_received_total",
  "tempo_discarded_spans_total",
  "tempo_metrics_generator_spans_discarded_total",
  "tempo_ingester_live_traces",
  "tempo_ingester_blocks_flushed_total",
  "loki_distributor_lines_received_total",
  "loki_discarded_samples_total",
  "loki_ingester_memory_streams",
  "loki_ingester_wal_disk_usage_percent",
  "cortex_distributor_received_samples_total",
  "cortex_discarded_samples_total",
  "cortex_ingester_memory_series",
  // The kubelet: what each container uses, and when it was started last.
  "container_memory_working_set_bytes",
  "container_cpu_usage_seconds_total",
  "container_start_time_seconds",
];
