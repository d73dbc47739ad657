import { labelsOf } from "../lib/paths";
import type { Sample } from "../lib/prometheus";
import { type Signal, SIGNALS } from "../lib/otlp";
import { LOCAL_EXPORTER } from "./attempts";
import { each, type Items } from "./ledger";

const HISTOGRAM = "otelcol_exporter_queue_batch_send_size_bucket";

/** How many requests had so many items at most, by that bound; `+Inf` is every one. */
type Buckets = Map<number, number>;

/** How many items the largest request of each local exporter had, to the next bound of Alloy's histogram. */
export class Batches {
  readonly largest: Items = each(() => 0);
  private zero?: Record<Signal, Buckets>;

  /** @param anew whether it is the first page of its process, in which all counts */
  note(samples: Sample[], { anew }: { anew: boolean }): void {
    const now = each((signal) => bucketsOf(samples, signal));
    this.zero = anew ? each(() => new Map<number, number>()) : (this.zero ?? now);
    for (const signal of SIGNALS) {
      const { [signal]: before } = this.zero;
      const grown = [...now[signal]].map(([le, count]) => [le, count - (before.get(le) ?? 0)] as const);
      const all = grown.find(([le]) => le === Infinity)?.[1] ?? 0;
      const bound = grown.find(([, count]) => count === all)?.[0] ?? 0;
      if (all > 0) this.largest[signal] = Math.max(this.largest[signal], bound);
    }
  }

  /** Begins to count from here. */
  reset(): void {
    this.zero = undefined;
    for (const signal of SIGNALS) this.largest[signal] = 0;
  }
}

/** In the order of their bounds. */
function bucketsOf(samples: Sample[], signal: Signal): Buckets {
  const { component_id } = labelsOf(LOCAL_EXPORTER[signal]);
  const own = samples.filter(
    ({ name, labels }) => name === HISTOGRAM && labels.component_id === component_id,
  );
  const bounds = own.map(({ labels, value }): [number, number] => [
    labels.le === "+Inf" ? Infinity : Number(labels.le),
    value,
  ]);
  return new Map(bounds.sort(([a], [b]) => a - b));
}
