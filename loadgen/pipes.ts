import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { logs, metrics, resources, tracing } from "@opentelemetry/sdk-node";
import { Delivery, RETRY_FOR_MS, type Exporter } from "./delivery";
import type { Options, Signal } from "./options";
import { emptyTally } from "./tally";

const ATTEMPT_TIMEOUT_MS = 10_000;
const METRIC_INTERVAL_MS = 5_000;

const BATCHING = {
  maxExportBatchSize: 2_048, // about 0.7 MB; receivers take 4 MB
  scheduledDelayMillis: 1_000,
  exportTimeoutMillis: RETRY_FOR_MS + 2 * ATTEMPT_TIMEOUT_MS, // Delivery gives a batch up, nobody else before
};

export interface Pipes {
  traces?: TracePipe;
  metrics?: MetricPipe;
  logs?: LogPipe;
}
export type AnyPipe = TracePipe | MetricPipe | LogPipe;

/** One pipe for each chosen signal. */
export function openPipes({ endpoint, signals }: Options, queueSize: number, giveUp: AbortSignal): Pipes {
  const url = `http://${endpoint}`; // the scheme tells the exporters to use no TLS
  return {
    ...(signals.includes("traces") ? { traces: new TracePipe(url, queueSize, giveUp) } : {}),
    ...(signals.includes("metrics") ? { metrics: new MetricPipe(url, giveUp) } : {}),
    ...(signals.includes("logs") ? { logs: new LogPipe(url, queueSize, giveUp) } : {}),
  };
}

/** One signal from the services to the receiver: a queue and an exporter that all services share. */
abstract class Pipe<T> {
  readonly tally = emptyTally();
  protected readonly delivery: Delivery<T>;

  constructor(
    readonly signal: Signal,
    private readonly exporter: Exporter<T>,
    private readonly nothing: T,
    sizeOf: (items: T) => number,
    giveUp: AbortSignal,
  ) {
    this.delivery = new Delivery(exporter, sizeOf, this.tally, giveUp);
  }

  /** Sends an empty export, to learn whether the receiver is there and takes this signal. */
  probe(): Promise<Error | undefined> {
    return new Promise((resolve) => this.exporter.export(this.nothing, ({ error }) => resolve(error)));
  }

  /** Hands over what is left and closes; nothing can be sent afterwards. */
  async close(): Promise<void> {
    await this.flush().catch(() => {}); // what failed is in the tally
    await this.delivery.close();
  }

  protected abstract flush(): Promise<void>;
}

export class TracePipe extends Pipe<tracing.ReadableSpan[]> {
  readonly processor: tracing.SpanProcessor;

  constructor(url: string, maxQueueSize: number, giveUp: AbortSignal) {
    const exporter = new OTLPTraceExporter({ url, timeoutMillis: ATTEMPT_TIMEOUT_MS });
    super("traces", exporter, [], (spans) => spans.length, giveUp);
    const { tally } = this;
    this.processor = new (class extends tracing.BatchSpanProcessor {
      override onEnd(span: tracing.ReadableSpan): void {
        tally.made++;
        super.onEnd(span);
      }
    })(this.delivery, { ...BATCHING, maxQueueSize });
  }

  protected flush(): Promise<void> {
    return this.processor.shutdown();
  }
}

export class LogPipe extends Pipe<logs.ReadableLogRecord[]> {
  readonly processor: logs.LogRecordProcessor;

  constructor(url: string, maxQueueSize: number, giveUp: AbortSignal) {
    const exporter = new OTLPLogExporter({ url, timeoutMillis: ATTEMPT_TIMEOUT_MS });
    super("logs", exporter, [], (records) => records.length, giveUp);
    const { tally } = this;
    this.processor = new (class extends logs.BatchLogRecordProcessor {
      override onEmit(record: logs.SdkLogRecord): void {
        tally.made++;
        super.onEmit(record);
      }
    })({ exporter: this.delivery, ...BATCHING, maxQueueSize });
  }

  protected flush(): Promise<void> {
    return this.processor.shutdown();
  }
}

/**
 * Collects every few seconds, cumulatively, as Mimir needs it. While a collection is on its way no other
 * starts, so that one sent again after an outage never arrives behind a newer one.
 */
export class MetricPipe extends Pipe<metrics.ResourceMetrics> {
  private readonly readers: metrics.MetricReader[] = [];
  private readonly timer: NodeJS.Timeout;
  private collecting?: Promise<unknown>;

  constructor(url: string, giveUp: AbortSignal) {
    const exporter = new OTLPMetricExporter({ url, timeoutMillis: ATTEMPT_TIMEOUT_MS });
    super("metrics", exporter, { resource: resources.emptyResource(), scopeMetrics: [] }, pointsIn, giveUp);
    this.timer = setInterval(() => {
      this.collecting ??= this.collect().finally(() => (this.collecting = undefined));
    }, METRIC_INTERVAL_MS);
  }

  /** A reader belongs to one MeterProvider, so each service needs its own. */
  newReader(): metrics.MetricReader {
    const { delivery, tally } = this;
    const reader = new (class extends metrics.MetricReader {
      protected async onForceFlush(): Promise<void> {
        const { resourceMetrics } = await this.collect();
        tally.made += pointsIn(resourceMetrics);
        await new Promise((done) => delivery.export(resourceMetrics, done));
      }

      protected onShutdown(): Promise<void> {
        return this.onForceFlush();
      }
    })();
    this.readers.push(reader);
    return reader;
  }

  protected async flush(): Promise<void> {
    clearInterval(this.timer);
    await this.collecting;
    await this.collect();
  }

  private collect(): Promise<unknown> {
    return Promise.all(this.readers.map((reader) => reader.forceFlush()));
  }
}

function pointsIn({ scopeMetrics }: metrics.ResourceMetrics): number {
  const series = scopeMetrics.flatMap((scope) => scope.metrics);
  return series.reduce((sum, metric) => sum + metric.dataPoints.length, 0);
}
