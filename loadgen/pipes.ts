import { logs, metrics, tracing } from "@opentelemetry/sdk-node";
import { Delivery, RETRY_FOR_MS } from "./delivery";
import type { Options, Protocol, Signal } from "./options";
import { emptyTally } from "./tally";
import { ATTEMPT_TIMEOUT_MS, type Batch, type Exporter, type Refusal, type Transport } from "./transport";
import { GRPC } from "./transport-grpc";
import { HTTP } from "./transport-http";

const TRANSPORTS: Record<Protocol, Transport> = { grpc: GRPC, http: HTTP };
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
export function openPipes(options: Options, queueSize: number, giveUp: AbortSignal): Pipes {
  const { signals } = options;
  return {
    ...(signals.includes("traces") ? { traces: new TracePipe(options, queueSize, giveUp) } : {}),
    ...(signals.includes("metrics") ? { metrics: new MetricPipe(options, giveUp) } : {}),
    ...(signals.includes("logs") ? { logs: new LogPipe(options, queueSize, giveUp) } : {}),
  };
}

/** One signal from the services to the receiver: a queue and an exporter that all services share. */
abstract class Pipe<S extends Signal> {
  readonly tally = emptyTally();
  protected readonly delivery: Delivery<Batch[S]>;
  private readonly transport: Transport;
  private readonly exporter: Exporter<Batch[S]>;

  constructor(
    readonly signal: S,
    private readonly options: Options,
    sizeOf: (items: Batch[S]) => number,
    giveUp: AbortSignal,
  ) {
    this.transport = TRANSPORTS[options.protocol];
    this.exporter = this.transport.newExporter[signal](options);
    this.delivery = new Delivery(this.exporter, this.transport, sizeOf, this.tally, giveUp);
  }

  /** Asks the receiver whether it takes this signal; what it says if not. */
  probe(): Promise<Refusal | undefined> {
    return this.transport.refusalOf(this.options, this.signal, this.exporter);
  }

  /** Hands over what is left and closes; nothing can be sent afterwards. */
  async close(): Promise<void> {
    await this.flush().catch(() => {}); // what failed is in the tally
    await this.delivery.close();
  }

  protected abstract flush(): Promise<void>;
}

/** Spans, in batches. */
export class TracePipe extends Pipe<"traces"> {
  readonly processor: tracing.SpanProcessor;

  constructor(options: Options, maxQueueSize: number, giveUp: AbortSignal) {
    super("traces", options, (spans) => spans.length, giveUp);
    const { tally } = this;
    this.processor = new (class extends tracing.BatchSpanProcessor {
      override onEnd(span: tracing.ReadableSpan): void {
        tally.sent++;
        super.onEnd(span);
      }
    })(this.delivery, { ...BATCHING, maxQueueSize });
  }

  protected flush(): Promise<void> {
    return this.processor.shutdown();
  }
}

/** Log records, in batches. */
export class LogPipe extends Pipe<"logs"> {
  readonly processor: logs.LogRecordProcessor;

  constructor(options: Options, maxQueueSize: number, giveUp: AbortSignal) {
    super("logs", options, (records) => records.length, giveUp);
    const { tally } = this;
    this.processor = new (class extends logs.BatchLogRecordProcessor {
      override onEmit(record: logs.SdkLogRecord): void {
        tally.sent++;
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
export class MetricPipe extends Pipe<"metrics"> {
  private readonly readers: metrics.MetricReader[] = [];
  private readonly timer: NodeJS.Timeout;
  private collecting?: Promise<unknown>;

  constructor(options: Options, giveUp: AbortSignal) {
    super("metrics", options, pointsIn, giveUp);
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
        tally.sent += pointsIn(resourceMetrics);
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
