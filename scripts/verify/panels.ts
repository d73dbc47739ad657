import { askLogs } from "../lib/query/logs";
import { drawn, exemplarsOf, seriesAt, seriesOver } from "../lib/query/metrics";
import { builtIns, expand, type Values } from "./expand";
import { type Askable, dataSourceOf } from "./sources";
import { countsSpans, searchTraces, spanSeries } from "./traces";
import type { Context } from "./variables";

/** One query of a panel, in the words of its data source's editor. */
export interface Target {
  refId: string;
  datasource?: unknown;
  /** Prometheus and Loki. */
  expr?: string;
  instant?: boolean;
  range?: boolean;
  exemplar?: boolean;
  maxLines?: number;
  /** Tempo. */
  queryType?: string;
  query?: string;
  limit?: number;
}

/** A query with all that it is asked with. */
interface Asking {
  target: Target;
  source: Askable;
  values: Values;
  context: Context;
}

/**
 * Asks one query as Grafana would.
 * @returns what came back
 * @throws Error when nothing did
 */
export async function askTarget(target: Target, values: Values, context: Context): Promise<string> {
  const source = dataSourceOf(target.datasource, context.sources);
  return { prometheus: askMetrics, loki: askLoki, tempo: askTempo }[source.type]({
    target,
    source,
    values,
    context,
  });
}

async function askMetrics({ target, source, values, context }: Asking): Promise<string> {
  const { grafana, range } = context;
  const { timeInterval } = source.jsonData as { timeInterval?: string };
  const own = builtIns(range, "prometheus", timeInterval);
  const query = expand(target.expr ?? "", { ...own.values, ...values }, "prometheus");
  const said: string[] = [];
  if (target.range || !target.instant)
    said.push(some(drawn(await seriesOver(grafana, source.uid, query, range, own.stepS)), "series", query));
  if (target.instant)
    said.push(some(drawn(await seriesAt(grafana, source.uid, query, range.toMs)), "rows", query));
  if (target.exemplar)
    said.push(some(await exemplarsOf(grafana, source.uid, query, range), "exemplars", query));
  return said.join(", ");
}

/** The stack's own lines, which come when something happens to it. */
const OWN_LINES = /\bjob="watchtower\//;
/** As long as logs are kept where nobody set it otherwise. */
const LOOK_BACK_MS = 72 * 3_600_000;

async function askLoki({ target, source, values, context }: Asking): Promise<string> {
  const { grafana, range } = context;
  const query = expand(target.expr ?? "", { ...builtIns(range, "loki").values, ...values }, "loki");
  const ask = async (over = range) => {
    const { stepS } = builtIns(over, "loki");
    const logs = await askLogs(grafana, source.uid, query, over, { limit: target.maxLines, stepS });
    return "lines" in logs ? ([logs.lines, "lines"] as const) : ([drawn(logs.series), "series"] as const);
  };
  const [found, unit] = await ask();
  if (found.length > 0 || !OWN_LINES.test(query)) return some(found, unit, query);
  const [earlier] = await ask({ ...range, fromMs: range.toMs - LOOK_BACK_MS });
  return `${some(earlier, unit, query)}, all of them before the dashboard's time`;
}

async function askTempo({ target, source, values, context }: Asking): Promise<string> {
  const { grafana, range } = context;
  if (target.queryType === "serviceMap") return askServiceMap(source, context);
  if (target.queryType !== "traceql")
    throw new Error(`verify cannot ask Tempo for "${target.queryType ?? ""}"`);
  const query = expand(target.query ?? "", { ...builtIns(range, "tempo").values, ...values }, "tempo");
  if (countsSpans(query)) return some(await spanSeries(grafana, source.uid, query, range), "series", query);
  return some(await searchTraces(grafana, source.uid, query, range, target.limit ?? 20), "traces", query);
}

/** What Grafana draws a service map of; the failed ones may be none. */
const SERVICE_MAP = ["request_total", "request_server_seconds_sum"];

async function askServiceMap(
  { uid, jsonData }: Askable,
  { grafana, sources, range }: Context,
): Promise<string> {
  const { serviceMap } = jsonData as { serviceMap?: { datasourceUid?: string } };
  if (!serviceMap?.datasourceUid) throw new Error(`data source ${uid} has no serviceMap.datasourceUid`);
  const metrics = dataSourceOf(serviceMap.datasourceUid, sources);
  const { values } = builtIns(range, "prometheus");
  const said = await Promise.all(
    SERVICE_MAP.map(async (name) => {
      const query = `sum by (client, server) (rate(traces_service_graph_${name}[$__range]))`;
      const asked = expand(query, values, "prometheus");
      return some(drawn(await seriesAt(grafana, metrics.uid, asked, range.toMs)), "calls", asked);
    }),
  );
  return said[0]!;
}

const SHORT = 200;

/** How many came. @throws Error when none did */
function some(found: unknown[], unit: string, query: string): string {
  if (found.length === 0) throw new Error(`no ${unit}: ${query.slice(0, SHORT)}`);
  return `${found.length} ${unit}`;
}
