import { Metadata } from "@grpc/grpc-js";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { type core, resources } from "@opentelemetry/sdk-node";
import { isForbidden, isRetryable, isUnimplemented, reasonOf } from "./grpc-error";
import { ATTEMPT_TIMEOUT_MS, type Batch, type Exporter, type Target, type Transport } from "./transport";

const NOTHING: Batch = {
  traces: [],
  metrics: { resource: resources.emptyResource(), scopeMetrics: [] },
  logs: [],
};

/** OTLP over gRPC, without TLS. */
export const GRPC: Transport = {
  newExporter: {
    traces: (target) => new Reconnecting(() => new OTLPTraceExporter(configOf(target))),
    metrics: (target) => new Reconnecting(() => new OTLPMetricExporter(configOf(target))),
    logs: (target) => new Reconnecting(() => new OTLPLogExporter(configOf(target))),
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

/**
 * Leaves its channel for a fresh one after an error that may pass: grpc-js waits ever longer, up to 120 s, before it
 * connects again, and the OTLP exporters let nobody say otherwise. How often to try is Delivery's to say.
 */
export class Reconnecting<T> implements Exporter<T> {
  private exporter: Exporter<T>;

  constructor(private readonly newExporter: () => Exporter<T>) {
    this.exporter = newExporter();
  }

  export(items: T, done: (result: core.ExportResult) => void): void {
    const { exporter } = this;
    exporter.export(items, (result) => {
      const isCurrent = exporter === this.exporter; // not if another export has failed on it before
      if (isCurrent && result.error && isRetryable(result.error)) this.renew();
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  private renew(): void {
    void this.exporter.shutdown(); // it waits for the answers to what is under way
    this.exporter = this.newExporter();
  }
}

function configOf({ endpoint, headers }: Target) {
  return {
    url: `http://${endpoint}`, // the scheme tells the exporters to use no TLS
    metadata: Metadata.fromHttp2Headers(headers),
    timeoutMillis: ATTEMPT_TIMEOUT_MS,
  };
}
