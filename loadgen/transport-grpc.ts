import { Metadata } from "@grpc/grpc-js";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { resources } from "@opentelemetry/sdk-node";
import { isForbidden, isRetryable, isUnimplemented, reasonOf } from "./grpc-error";
import { ATTEMPT_TIMEOUT_MS, type Batch, type Target, type Transport } from "./transport";

const NOTHING: Batch = {
  traces: [],
  metrics: { resource: resources.emptyResource(), scopeMetrics: [] },
  logs: [],
};

/** OTLP over gRPC, without TLS. */
export const GRPC: Transport = {
  newExporter: {
    traces: (target) => new OTLPTraceExporter(configOf(target)),
    metrics: (target) => new OTLPMetricExporter(configOf(target)),
    logs: (target) => new OTLPLogExporter(configOf(target)),
  },
  isRetryable,
  reasonOf,
  async refusalOf(_target, signal, exporter) {
    const error = await new Promise<Error | undefined>((resolve) =>
      exporter.export(NOTHING[signal], (result) => resolve(result.error)),
    );
    if (!error) return undefined;
    const kind = isUnimplemented(error)
      ? "unknown signal"
      : isForbidden(error)
        ? "not allowed"
        : "no receiver";
    return { kind, reason: reasonOf(error) };
  },
};

function configOf({ endpoint, headers }: Target) {
  return {
    url: `http://${endpoint}`, // the scheme tells the exporters to use no TLS
    metadata: Metadata.fromHttp2Headers(headers),
    timeoutMillis: ATTEMPT_TIMEOUT_MS,
  };
}
