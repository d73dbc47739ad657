import type { Grafana } from "../lib/grafana";
import { resultOf } from "../lib/query/answers";
import type { Series } from "../lib/query/metrics";
import type { Range } from "../lib/query/range";

/** Where a series' value was, or a counter's total had come, when; oldest first. */
type Course = [atMs: number, value: number][];

/** Alloy's and the stand-in's counters, as our own scrape keeps them in Mimir (alloy/own-metrics.ts). */
const KEPT =
  '{__name__=~"up|otelcol_(receiver_accepted|exporter_sent|exporter_(send|enqueue)_failed)_.+|otelcol_exporter_queue_(size|batch_send_size_bytes_sum)", job=~"watchtower/(alloy|sumo-stand-in)"}';
/** One scrape in four may be missing. */
const LEAD_MS = 60_000;
/** Counters over a time, to the sample: Prometheus' own `increase` would extrapolate. */
export class Counters {
  private constructor(private readonly series: Series[]) {}

  /** @throws Error with what Mimir answers instead */
  static async read(grafana: Grafana, { fromMs, toMs }: Range): Promise<Counters> {
    const query = `${KEPT}[${Math.ceil(toMs - fromMs + LEAD_MS)}ms]`;
    const answer = await grafana.ask("mimir", "/api/v1/query", { query, time: String(toMs / 1000) });
    return new Counters(resultOf<Series>(answer));
  }

  /** How far counters have grown, those that started anew in between, too. */
  growth(name: string, labels: Record<string, string>, { fromMs, toMs }: Range): number {
    return this.find(name, labels)
      .map(courseOf)
      .reduce((sum, course) => sum + (at(course, toMs) ?? 0) - (at(course, fromMs) ?? 0), 0);
  }

  /** The sum of gauges at a moment, of those that were read shortly before. */
  level(name: string, labels: Record<string, string>, momentMs: number): number {
    return this.find(name, labels).reduce((sum, { values }) => {
      const [last] = values.filter(([seconds]) => within(seconds * 1000, momentMs)).slice(-1);
      return sum + Number(last?.[1] ?? 0);
    }, 0);
  }

  /** When any of them was read, oldest first. */
  moments(name: string, labels: Record<string, string>): number[] {
    const all = this.find(name, labels).flatMap(({ values }) => values.map(([seconds]) => seconds * 1000));
    return [...new Set(all)].sort((a, b) => a - b);
  }

  private find(name: string, labels: Record<string, string>): Series[] {
    return this.series.filter(
      ({ metric }) =>
        metric.__name__ === name && Object.entries(labels).every(([key, value]) => metric[key] === value),
    );
  }

  /** When a program was first read after it was started anew: what it counted since it was read before is lost. */
  restarts(job: string, { fromMs, toMs }: Range): number[] {
    const counters = this.series.filter(
      ({ metric }) => metric.job === job && /_total$/.test(metric.__name__!),
    );
    const fresh = counters.flatMap(({ values }) =>
      values.filter(([, value], i) => Number(value) < Number(values[i - 1]?.[1] ?? 0)),
    );
    const replaced = this.find("up", { job })
      .map(({ values }) => values[0]!)
      .sort(([a], [b]) => a - b)
      .slice(1);
    return [...fresh, ...replaced]
      .map(([seconds]) => seconds * 1000)
      .sort((a, b) => a - b)
      .filter((at, i, all) => at > fromMs && at <= toMs && (i === 0 || at - all[i - 1]! > LEAD_MS));
  }
}

function at(course: Course, momentMs: number): number | undefined {
  return course.filter(([atMs]) => atMs <= momentMs).at(-1)?.[1];
}

function within(atMs: number, momentMs: number): boolean {
  return atMs <= momentMs && atMs > momentMs - LEAD_MS;
}

/** How far a counter had come at each of its samples; below the one before, its program was started anew. */
function courseOf({ values }: Series): Course {
  let [previous, total] = [0, 0];
  return values.map(([seconds, text]) => {
    const value = Number(text);
    total += value < previous ? value : value - previous;
    previous = value;
    return [seconds * 1000, total];
  });
}
