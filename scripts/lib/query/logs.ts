import type { Grafana } from "../grafana";
import { jsonOf, resultOf } from "./answers";
import type { Series } from "./metrics";
import type { Range } from "./range";

/** A log line with its labels, structured metadata among them. */
export interface Line {
  labels: Record<string, string>;
  text: string;
  atMs: number;
}

/** What Loki answers: lines, or lines counted over time. */
export type Logs = { lines: Line[] } | { series: Series[] };

/** Asks Loki as a panel does. @throws Error with what was answered instead */
export async function askLogs(
  grafana: Grafana,
  uid: string,
  query: string,
  range: Range,
  { limit = 1_000, stepS = 1 } = {},
): Promise<Logs> {
  const params = { query, ...nanoseconds(range), limit: String(limit), step: `${stepS}s` };
  const answer = await grafana.ask(uid, "/loki/api/v1/query_range", params);
  const { data } = jsonOf<{ data?: { resultType?: string } }>(answer);
  if (data?.resultType !== "streams") return { series: resultOf<Series>(answer) };
  const streams = resultOf<{ stream: Record<string, string>; values: [string, string][] }>(answer);
  return { lines: streams.flatMap(({ stream, values }) => values.map((value) => lineOf(stream, value))) };
}

/** Log lines, newest first in their streams. @throws Error with what was answered instead */
export async function linesOf(
  grafana: Grafana,
  uid: string,
  query: string,
  range: Range,
  limit?: number,
): Promise<Line[]> {
  const logs = await askLogs(grafana, uid, query, range, { limit });
  if ("series" in logs) throw new Error(`it counts, where lines are asked for: ${query}`);
  return logs.lines;
}

/** Counts by Loki at the end of a range. @throws Error with what was answered instead */
export async function countLines(
  grafana: Grafana,
  uid: string,
  query: string,
  { toMs }: Range,
): Promise<{ labels: Record<string, string>; count: number }[]> {
  const answer = await grafana.ask(uid, "/loki/api/v1/query", { query, time: `${toMs}000000` });
  return resultOf<{ metric: Record<string, string>; value: [number, string] }>(answer).map(
    ({ metric, value }) => ({ labels: metric, count: Number(value[1]) }),
  );
}

export function nanoseconds({ fromMs, toMs }: Range): { start: string; end: string } {
  return { start: `${Math.floor(fromMs)}000000`, end: `${Math.ceil(toMs)}000000` };
}

function lineOf(labels: Record<string, string>, [nanos, text]: [string, string]): Line {
  return { labels, text, atMs: Number(nanos) / 1e6 };
}
