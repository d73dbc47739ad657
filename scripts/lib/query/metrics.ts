import type { Grafana } from "../grafana";
import { jsonOf, resultOf } from "./answers";
import type { Range } from "./range";

type Sample = [seconds: number, value: string];

/** Values that share their labels, oldest first. */
export interface Series {
  metric: Record<string, string>;
  values: Sample[];
}

/** A measured value with the trace it came from. */
export interface Exemplar {
  labels: Record<string, string>;
  timestamp: number;
}

/** Lines over time, as a graph asks for them. @throws Error with what was answered instead */
export async function seriesOver(
  grafana: Grafana,
  uid: string,
  query: string,
  range: Range,
  stepS: number,
): Promise<Series[]> {
  const params = { query, ...secondsOf(range), step: String(stepS) };
  return resultOf<Series>(await grafana.ask(uid, "/api/v1/query_range", params));
}

/** Values of one moment, as a table asks for them. @throws Error with what was answered instead */
export async function seriesAt(
  grafana: Grafana,
  uid: string,
  query: string,
  momentMs: number,
): Promise<Series[]> {
  const answer = await grafana.ask(uid, "/api/v1/query", { query, time: String(momentMs / 1000) });
  const vector = resultOf<{ metric: Record<string, string>; value: Sample }>(answer);
  return vector.map(({ metric, value }) => ({ metric, values: [value] }));
}

/** The exemplars of all that a query reads. @throws Error with what was answered instead */
export async function exemplarsOf(
  grafana: Grafana,
  uid: string,
  query: string,
  range: Range,
): Promise<Exemplar[]> {
  const answer = await grafana.ask(uid, "/api/v1/query_exemplars", { query, ...secondsOf(range) });
  const { data } = jsonOf<{ data: { exemplars: Exemplar[] }[] | null }>(answer);
  return (data ?? []).flatMap(({ exemplars }) => exemplars);
}

/** Those that a graph would draw: NaN is a gap. */
export function drawn(series: Series[]): Series[] {
  return series.filter(({ values }) => values.some(([, value]) => value !== "NaN"));
}

export function secondsOf({ fromMs, toMs }: Range): { start: string; end: string } {
  return { start: String(fromMs / 1000), end: String(toMs / 1000) };
}
