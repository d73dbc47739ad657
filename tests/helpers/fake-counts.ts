import { OWN_METRICS } from "../../alloy/own-metrics";
import { SIGNALS } from "../../scripts/lib/signals";
import type { FakeAnswer, FakeRequest } from "./fake-http";

const SCRAPED_EVERY_MS = 15_000;
/** As large as each item is on disk. */
export const ITEM_BYTES = 100;

/** Items of one signal that a service sent at a moment. */
export interface SentItems {
  atMs: number;
  /** What Alloy calls them. */
  items: "spans" | "log_records" | "metric_points";
  service?: string;
  count: number;
  /** When the second path's other side took them; Infinity: it did not. */
  takenMs: number;
}

type Labels = Record<string, string>;
type Sample = [seconds: number, value: string];

/** What both sides hold and count of the items that were sent, as Grafana's data sources tell it. */
export class FakeCounts {
  readonly sent: SentItems[] = [];
  /** When the program that counts for the second path was started anew, and so counts from 0. */
  restartedMs = -Infinity;
  /** When Alloy's pod was replaced by another. */
  replacedMs = Infinity;
  /** When nobody read any counter. */
  unread = { fromMs: Infinity, toMs: Infinity };
  /** When Alloy had no second path. */
  off = { fromMs: Infinity, toMs: Infinity };
  /** What Alloy has given up of spans, when. */
  givenUp: { atMs: number; count: number }[] = [];
  /** Metrics that each point makes in Mimir. */
  metricNames = ["shop_orders_total"];
  readonly asked: string[] = [];

  constructor(private readonly destination: "stand-in" | "sumo") {}

  /** Steady traffic of all signals and services: so many of each a second. */
  steady(range: { fromMs: number; toMs: number }, services = ["a", "b"], delayMs = 0): void {
    for (let atMs = range.fromMs; atMs < range.toMs; atMs += 1_000)
      for (const service of services)
        for (const { items } of SIGNALS)
          this.sent.push({ atMs, service, count: 10, takenMs: atMs + delayMs, items: items as "spans" });
  }

  /** In place of the fake stack's answers. */
  answer = (uid: string, { path, query }: FakeRequest): FakeAnswer => {
    const text = query.get("query") ?? query.get("q") ?? query.get("match[]") ?? "";
    this.asked.push(text);
    if (uid === "tempo" && path.endsWith("/api/metrics/query")) return this.tempo(query);
    if (uid === "loki") return this.loki(text, query);
    if (uid === "mimir" && path.includes("/label/__name__/")) return json({ data: this.metricNames });
    if (uid === "mimir" && path.endsWith("/api/v1/query"))
      return this.mimir(text, Number(query.get("time")) * 1000);
    return undefined;
  };

  private tempo(query: URLSearchParams): FakeAnswer {
    const [start, end] = ["start", "end"].map((name) => Number(query.get(name)) / 1e6);
    if (end! - start! > 3 * 3_600_000)
      return { status: 400, body: "metrics query time range exceeds the maximum allowed duration of 3h0m0s" };
    const counts = this.counted("spans", (at) => at >= start! && at < end!);
    const series = Object.entries(counts).map(([service, value]) => ({
      labels: [{ key: "resource.service.name", value: { stringValue: service } }],
      value,
    }));
    return json({ series });
  }

  private loki(text: string, query: URLSearchParams): FakeAnswer {
    const timeMs = Number(query.get("time")) / 1e6;
    const [, window] = /\[(\d+)ms\]/.exec(text) ?? [];
    const counts = this.counted("log_records", (at) => at > timeMs - Number(window) && at <= timeMs);
    if (!text.includes('job=""')) counts["watchtower/alloy"] = 7; // the stack's own
    return this.vector(counts, timeMs);
  }

  private mimir(text: string, timeMs: number): FakeAnswer {
    const [, window = "0"] = /\[(\d+)ms\]/.exec(text) ?? [];
    const within = (at: number) => at > timeMs - Number(window) && at <= timeMs;
    if (!text.startsWith("sum by (service_name)")) {
      const [, asked = "", jobs = ""] = /\{__name__=~"([^"]+)", job=~"([^"]+)"\}/.exec(text) ?? [];
      const isKept = ({ __name__: name = "", job = "" }: Labels) =>
        OWN_METRICS.includes(name) &&
        new RegExp(`^(${asked})$`).test(name) &&
        new RegExp(`^(${jobs})$`).test(job);
      const result = this.counters()
        .filter(({ metric }) => isKept(metric))
        .map(({ metric, values }) => ({ metric, values: values.filter(([at]) => within(at * 1000)) }))
        .filter(({ values }) => values.length > 0);
      return json({ data: { resultType: "matrix", result } });
    }
    const [, left = ""] = /__name__!~"([^"]*)"/.exec(text) ?? [];
    const names = this.metricNames.filter((name) => !new RegExp(`^(${left})$`).test(name)).length;
    const counts = this.counted("metric_points", within);
    for (const service of Object.keys(counts)) counts[service]! *= names;
    if (!text.includes('job!~"watchtower/.+"')) counts["watchtower/alloy"] = 7;
    return this.vector(counts, timeMs);
  }

  private counted(items: SentItems["items"], within: (at: number) => boolean): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const one of this.sent)
      if (one.items === items && within(one.atMs))
        counts[one.service ?? ""] = (counts[one.service ?? ""] ?? 0) + one.count;
    return counts;
  }

  private vector(counts: Record<string, number>, timeMs: number): FakeAnswer {
    const result = Object.entries(counts).map(([service_name, count]) => ({
      metric: { service_name },
      value: [timeMs / 1000, String(count)],
    }));
    return json({ status: "success", data: { resultType: "vector", result } });
  }

  /** Every series of Alloy's and the stand-in's pages, as it was read. */
  private counters(): { metric: Labels; values: Sample[] }[] {
    const alloy = { job: "watchtower/alloy", path: "sumo" };
    const isOff = (at: number) => at >= this.off.fromMs && at < this.off.toMs;
    const taken = (items: string) => (at: number) =>
      this.sum((one) => one.items === items && one.takenMs <= at);
    const pods: [string, (at: number) => boolean][] = [
      ["alloy-0", (at) => at < this.replacedMs],
      ["alloy-1", (at) => at >= this.replacedMs],
    ];
    const series = SIGNALS.flatMap(({ items, dataType, backend }) => [
      ...(this.destination === "stand-in"
        ? [
            this.series(
              { __name__: `otelcol_receiver_accepted_${items}_total`, job: "watchtower/sumo-stand-in" },
              (at) => taken(items)(at) - (at >= this.restartedMs ? taken(items)(this.restartedMs) : 0),
            ),
          ]
        : pods.map(([instance, runs]) =>
            this.series(
              { __name__: `otelcol_exporter_sent_${items}_total`, ...alloy, instance },
              (at) => taken(items)(at) - (instance === "alloy-1" ? taken(items)(this.replacedMs) : 0),
              runs,
            ),
          )),
      this.series(
        { __name__: "otelcol_exporter_queue_size", ...alloy, data_type: dataType },
        (at) => ITEM_BYTES * this.sum((one) => one.items === items && one.atMs <= at && one.takenMs > at),
        (at) => !isOff(at),
      ),
      this.series(
        { __name__: "otelcol_exporter_queue_batch_send_size_bytes_sum", ...alloy, path: backend },
        (at) => ITEM_BYTES * this.sum((one) => one.items === items && one.atMs <= at),
      ),
    ]);
    const failed = this.series({ __name__: "otelcol_exporter_send_failed_spans_total", ...alloy }, (at) =>
      this.givenUp.filter(({ atMs }) => atMs <= at).reduce((sum, { count }) => sum + count, 0),
    );
    const up = pods.map(([instance, runs]) =>
      this.series({ __name__: "up", job: "watchtower/alloy", instance }, () => 1, runs),
    );
    const upThere = this.series({ __name__: "up", job: "watchtower/sumo-stand-in" }, () => 1);
    return [...series, failed, ...up, upThere].filter(({ values }) => values.length > 0);
  }

  private series(metric: Labels, value: (at: number) => number, there = (_at: number) => true) {
    const values: Sample[] = [];
    const first = Math.min(...this.sent.map(({ atMs }) => atMs), Infinity);
    const last = Math.max(...this.sent.map(({ atMs }) => atMs), -Infinity);
    const begin = Math.floor(first / SCRAPED_EVERY_MS) * SCRAPED_EVERY_MS;
    for (let at = begin; at <= last + 120_000; at += SCRAPED_EVERY_MS)
      if (there(at) && !(at >= this.unread.fromMs && at < this.unread.toMs))
        values.push([at / 1000, String(value(at))]);
    return { metric, values };
  }

  private sum(which: (one: SentItems) => boolean): number {
    return this.sent.filter(which).reduce((sum, { count }) => sum + count, 0);
  }
}

function json(value: unknown): FakeAnswer {
  return { body: JSON.stringify(value) };
}
