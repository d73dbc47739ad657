import { setTimeout as sleep } from "node:timers/promises";
import { SECOND } from "../../alloy/labels";
import { labelsOf } from "../lib/paths";
import { parseMetrics, type Sample, sumOf } from "../lib/prometheus";
import { LOCAL_EXPORTER } from "./attempts";
import type { Part } from "./kube";

/** A sum of counters of one page. */
interface Counter {
  part: Part;
  metric: string;
  labels?: Record<string, string>;
}

const INGEST = { component_id: "otelcol.receiver.otlp.ingest" };

/** What is followed. Names and labels as Tempo 2.10, Loki 3.7, Mimir 3.1 and Alloy 1.18 have them. */
export const COUNTERS = {
  /** What each backend has read from Alloy; the stack's own metrics and logs come by other ways, and do not count here. */
  "received traces": { part: "tempo", metric: "tempo_distributor_spans_received_total" },
  "received logs": {
    part: "loki",
    metric: "loki_distributor_lines_received_total",
    labels: { format: "otlp" },
  },
  // Points are not counted apart from others' samples, but each of ours is a metric of its own.
  "received metrics": {
    part: "mimir-distributor",
    metric: "cortex_distributor_otlp_array_lengths_sum",
    labels: { field: "metrics" },
  },
  "discarded traces": { part: "tempo", metric: "tempo_discarded_spans_total" },
  "discarded logs": { part: "loki", metric: "loki_discarded_samples_total" },
  "discarded metrics": { part: "mimir-distributor", metric: "cortex_discarded_samples_total" },
  "discarded metrics, ingester": { part: "mimir-ingester", metric: "cortex_discarded_samples_total" },
  /** What Alloy took from senders, whoever they are. */
  "accepted traces": { part: "alloy", metric: "otelcol_receiver_accepted_spans_total", labels: INGEST },
  "accepted logs": { part: "alloy", metric: "otelcol_receiver_accepted_log_records_total", labels: INGEST },
  "accepted metrics": {
    part: "alloy",
    metric: "otelcol_receiver_accepted_metric_points_total",
    labels: INGEST,
  },
  /** What the backends have answered Alloy for: it was delivered. */
  "sent traces": {
    part: "alloy",
    metric: "otelcol_exporter_sent_spans_total",
    labels: labelsOf(LOCAL_EXPORTER.traces, "traces"),
  },
  "sent logs": {
    part: "alloy",
    metric: "otelcol_exporter_sent_log_records_total",
    labels: labelsOf(LOCAL_EXPORTER.logs, "logs"),
  },
  "sent metrics": {
    part: "alloy",
    metric: "otelcol_exporter_sent_metric_points_total",
    labels: labelsOf(LOCAL_EXPORTER.metrics, "metrics"),
  },
  /** What Alloy gave up on the second path, after a refusal or for want of room. */
  "failed traces": {
    part: "alloy",
    metric: "otelcol_exporter_send_failed_spans_total",
    labels: labelsOf(SECOND, "traces"),
  },
  "failed logs": {
    part: "alloy",
    metric: "otelcol_exporter_send_failed_log_records_total",
    labels: labelsOf(SECOND, "logs"),
  },
  "failed metrics": {
    part: "alloy",
    metric: "otelcol_exporter_send_failed_metric_points_total",
    labels: labelsOf(SECOND, "metrics"),
  },
  "no room traces": {
    part: "alloy",
    metric: "otelcol_exporter_enqueue_failed_spans_total",
    labels: labelsOf(SECOND, "traces"),
  },
  "no room logs": {
    part: "alloy",
    metric: "otelcol_exporter_enqueue_failed_log_records_total",
    labels: labelsOf(SECOND, "logs"),
  },
  "no room metrics": {
    part: "alloy",
    metric: "otelcol_exporter_enqueue_failed_metric_points_total",
    labels: labelsOf(SECOND, "metrics"),
  },
} satisfies Record<string, Counter>;
export type CounterName = keyof typeof COUNTERS;

/** A counter's value, and what it had grown to in processes that have ended. */
interface Followed {
  last: number;
  ended: number;
}

/** Reads a part's metrics page. */
export type ReadPage = (part: Part) => Promise<string>;

const NAMES = Object.keys(COUNTERS) as CounterName[];
const PARTS_READ = [...new Set(NAMES.map((name) => COUNTERS[name].part))];

/** Follows counters across restarts of their programs. What one counts between our last look and its end is lost to us. */
export class Meter {
  private readonly followed = new Map<CounterName, Followed>();
  private readonly zero = new Map<CounterName, number>();
  private readonly startedAt = new Map<Part, number>();
  private readonly restarted = new Set<Part>();
  private readonly turns = new Map<Part, Promise<void>>();
  private stopped = false;

  constructor(private readonly read: ReadPage) {}

  /** Reads every page once, or those of some parts; one that cannot be read now stays as it was. */
  async look(parts: readonly Part[] = PARTS_READ): Promise<void> {
    await Promise.all(parts.map((part) => this.lookInTurn(part)));
  }

  /** Begins to count from here. @throws Error when a page cannot be read */
  async reset(): Promise<void> {
    for (const part of PARTS_READ) this.note(part, parseMetrics(await this.read(part)));
    this.restarted.clear();
    for (const name of NAMES) this.zero.set(name, this.total(name));
  }

  /** Looks again and again, until `stop`. */
  follow(everyMs: number): void {
    void (async () => {
      while (!this.stopped) await Promise.all([this.look(), sleep(everyMs)]);
    })();
  }

  stop(): void {
    this.stopped = true;
  }

  /** How much a counter has grown since `reset`. */
  growth(name: CounterName): number {
    return this.total(name) - (this.zero.get(name) ?? 0);
  }

  /** Whether a program was started anew since `reset`, so that a little may have gone uncounted. */
  hasRestarted(part: Part): boolean {
    return this.restarted.has(part);
  }

  /** One after another: a page that comes after a later one would read as counters that have started over. */
  private lookInTurn(part: Part): Promise<void> {
    const turn = (this.turns.get(part) ?? Promise.resolve()).then(async () => {
      const page = await this.read(part).catch(() => undefined);
      if (page !== undefined) this.note(part, parseMetrics(page));
    });
    this.turns.set(part, turn);
    return turn;
  }

  private total(name: CounterName): number {
    const { last, ended } = this.followed.get(name) ?? { last: 0, ended: 0 };
    return last + ended;
  }

  private note(part: Part, samples: Sample[]): void {
    const startedAt = samples.find(({ name }) => name === "process_start_time_seconds")?.value ?? 0;
    const known = this.startedAt.get(part);
    if (known !== undefined && startedAt < known) return; // the page of a program that is about to end
    const isNew = known !== undefined && startedAt > known;
    if (isNew) this.restarted.add(part);
    this.startedAt.set(part, startedAt);
    for (const name of NAMES) {
      const { metric, labels, part: its } = COUNTERS[name] as Counter;
      if (its !== part) continue;
      const before = this.followed.get(name) ?? { last: 0, ended: 0 };
      const last = sumOf(samples, metric, labels);
      // An exporter that Alloy's reload makes anew counts from 0, in a process that goes on.
      const startedOver = isNew || last < before.last;
      this.followed.set(name, { last, ended: before.ended + (startedOver ? before.last : 0) });
    }
  }
}
