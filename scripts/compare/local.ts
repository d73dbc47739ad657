import type { Grafana } from "../lib/grafana";
import { jsonOf } from "../lib/query/answers";
import { countLines } from "../lib/query/logs";
import { seriesAt } from "../lib/query/metrics";
import type { Range } from "../lib/query/range";
import type { Signal } from "../lib/signals";

/** How many items of a signal there are, by service. */
export type ByService = Map<string, number>;

/**
 * Counts what a backend has of users' telemetry, by the time that it carries, within a range without its beginning.
 * @throws Error with what it answers instead
 */
export function countLocal(grafana: Grafana, { backend }: Signal, range: Range): Promise<ByService> {
  return { tempo: countSpans, loki: countRecords, mimir: countPoints }[backend](grafana, range);
}

/** Tempo refuses to count over more than three hours at once. */
const PIECE_MS = 3_600_000;

async function countSpans(grafana: Grafana, { fromMs, toMs }: Range): Promise<ByService> {
  const counts: ByService = new Map();
  for (let start = fromMs; start < toMs; start += PIECE_MS) {
    const answer = await grafana.ask("tempo", "/api/metrics/query", {
      q: "{} | count_over_time() by (resource.service.name)",
      start: nanos(start),
      end: nanos(Math.min(start + PIECE_MS, toMs)),
    });
    const { series = [] } = jsonOf<{ series?: TempoSeries[] }>(answer);
    for (const { labels, value = 0 } of series) add(counts, labels?.[0]?.value?.stringValue, value);
  }
  return counts;
}

interface TempoSeries {
  labels?: { value?: { stringValue?: string } }[];
  value?: number;
}

async function countRecords(grafana: Grafana, range: Range): Promise<ByService> {
  const lines = `count_over_time({service_name=~".+", job=""} [${lengthOf(range)}])`;
  const found = await countLines(grafana, "loki", `sum by (service_name) (${lines})`, range);
  const counts: ByService = new Map();
  for (const { labels, count } of found) add(counts, labels.service_name, count);
  return counts;
}

/** What services sent: neither the stack's own, nor what Tempo makes of spans, nor what Mimir makes of resources. */
const USERS = '__name__!="target_info", job!~"watchtower/.+", source!="tempo"';

/**
 * One sample for each point that was sent. Of a histogram, which is one point, Mimir makes a series for each bucket,
 * for the sum and for the count: only the count is taken.
 */
async function countPoints(grafana: Grafana, range: Range): Promise<ByService> {
  const answer = await grafana.ask("mimir", "/api/v1/label/__name__/values", {
    "match[]": `{__name__=~".+", ${USERS}}`,
    start: String(range.fromMs / 1000),
    end: String(range.toMs / 1000),
  });
  const { data: names = [] } = jsonOf<{ data?: string[] }>(answer);
  const parts = partsOfOne(names).join("|");
  const selector = `{__name__=~".+", __name__!~"${parts}", ${USERS}}`;
  const samples = `sum by (service_name) (count_over_time(${selector}[${lengthOf(range)}]))`;
  const counts: ByService = new Map();
  for (const { metric, values } of await seriesAt(grafana, "mimir", samples, range.toMs))
    add(counts, metric.service_name, Number(values[0]![1]));
  return counts;
}

/** Metrics that stand beside the count of the same histogram or summary. */
function partsOfOne(names: string[]): string[] {
  const all = new Set(names);
  const counted = names
    .filter((name) => name.endsWith("_count") && all.has(name.replace(/_count$/, "_sum")))
    .map((name) => name.replace(/_count$/, ""));
  return counted.flatMap((base) => [`${base}_bucket`, `${base}_sum`, base]).filter((name) => all.has(name));
}

function add(counts: ByService, service = "", count: number): void {
  const name = service === "" || service === "nil" ? UNNAMED : service;
  counts.set(name, (counts.get(name) ?? 0) + count);
}
/** Telemetry that names no service. */
export const UNNAMED = "(unnamed)";

function lengthOf({ fromMs, toMs }: Range): string {
  return `${Math.round(toMs - fromMs)}ms`;
}

function nanos(ms: number): string {
  return `${Math.round(ms)}000000`;
}
