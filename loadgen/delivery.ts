import { setTimeout as sleep } from "node:timers/promises";
import { core } from "@opentelemetry/sdk-node";
import { backoff } from "./backoff";
import { listenTo, type Told } from "./diagnostics";
import type { Tally } from "./tally";
import type { Exporter, Transport } from "./transport";

/** From the first attempt, after which no other is begun. */
export const RETRY_FOR_MS = 60_000;
const LONGEST_BACKOFF_MS = 5_000;
/** BatchSpanProcessor hands over its whole queue at once when it shuts down. */
const MAX_UNDER_WAY = 4;

/** How one attempt ended; some items of a successful one may still have been rejected. */
interface Outcome {
  error?: Error;
  told: Told;
}

/**
 * The way out of one signal, in the place of its exporter: sends again what may succeed, and counts what became
 * of each item. The OTLP gRPC exporters never send again (otlp-grpc-exporter-base has no retrying transport), the
 * HTTP ones only within their timeout.
 */
export class Delivery<T> implements Exporter<T> {
  private readonly unsettled = new Set<Promise<void>>();
  private readonly waiting: (() => void)[] = [];
  private underWay = 0;

  constructor(
    private readonly exporter: Exporter<T>,
    private readonly transport: Pick<Transport, "isRetryable" | "reasonOf">,
    private readonly sizeOf: (items: T) => number,
    private readonly tally: Tally,
    /** From then on, what has no answer counts as failed. */
    private readonly giveUp: AbortSignal,
  ) {}

  export(items: T, done: (result: core.ExportResult) => void): void {
    const settled = this.deliver(items).then(done);
    this.unsettled.add(settled);
    void settled.finally(() => this.unsettled.delete(settled));
  }

  /** Resolves when everything handed over so far has its result. */
  async forceFlush(): Promise<void> {
    await Promise.all(this.unsettled);
  }

  /** For the processors and readers, who share one exporter: none of them closes it, `close` does. */
  shutdown(): Promise<void> {
    return this.forceFlush();
  }

  async close(): Promise<void> {
    await this.forceFlush();
    const closed = this.exporter.shutdown();
    if (!this.giveUp.aborted) await closed; // else it waits for the very answers that did not come
  }

  private async deliver(items: T): Promise<core.ExportResult> {
    if (this.underWay === MAX_UNDER_WAY) await new Promise<void>((go) => this.waiting.push(go));
    else this.underWay++;
    const outcome = await this.untilItCounts(items);
    const next = this.waiting.shift();
    if (next) next();
    else this.underWay--;
    return this.count(this.sizeOf(items), outcome);
  }

  private async untilItCounts(items: T): Promise<Outcome> {
    const retryUntil = Date.now() + RETRY_FOR_MS;
    const waits = backoff(LONGEST_BACKOFF_MS);
    for (;;) {
      const outcome = await this.attempt(items);
      const waitMs = waits.next().value;
      const final =
        !outcome.error || !this.transport.isRetryable(outcome.error) || Date.now() + waitMs > retryUntil;
      if (final) return outcome;
      await sleep(waitMs, undefined, { signal: this.giveUp }).catch(() => {}); // woken to end
      if (this.giveUp.aborted) return outcome;
      this.tally.retries++;
    }
  }

  private async attempt(items: T): Promise<Outcome> {
    const told: Told = { rejected: 0, retries: 0 };
    const error = await new Promise<Error | undefined>((resolve) => {
      const late = () => resolve(new Error("no answer within the final flush"));
      if (this.giveUp.aborted) return late();
      this.giveUp.addEventListener("abort", late, { once: true });
      listenTo(told, () =>
        this.exporter.export(items, ({ code, error }) => {
          this.giveUp.removeEventListener("abort", late);
          const failed = code !== core.ExportResultCode.SUCCESS;
          resolve(failed ? (error ?? new Error("the exporter gave no reason")) : undefined);
        }),
      );
    });
    this.tally.retries += told.retries;
    this.tally.errors += told.retries + (error ? 1 : 0);
    return { error, told };
  }

  private count(size: number, { error, told }: Outcome): core.ExportResult {
    if (error) {
      this.tally.failed += size;
      this.tally.reason = this.transport.reasonOf(error);
      return { code: core.ExportResultCode.FAILED, error };
    }
    const rejected = Math.min(told.rejected, size);
    this.tally.rejected += rejected;
    this.tally.accepted += size - rejected;
    if (rejected > 0) this.tally.reason = told.reason;
    return { code: core.ExportResultCode.SUCCESS };
  }
}
