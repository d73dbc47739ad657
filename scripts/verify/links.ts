import type { Component } from "../../versions";
import { askLogs } from "../lib/query/logs";
import { drawn, seriesOver } from "../lib/query/metrics";
import type { Range } from "../lib/query/range";
import { type Question, Unchecked } from "./checks";
import { builtIns, expand, seconds, type Values } from "./expand";
import { existing, type Ground, sampleExemplars, sampleLines, sampleTraces, where } from "./samples";
import { type DataSource, dataSourceOf } from "./sources";
import type { Span } from "./traces";

/** All that a link is followed with. */
interface Following {
  ground: Ground;
  sources: DataSource[];
}

/** Links that Grafana draws from what one kind of data source shows to another. */
interface Link<Config> {
  /** Key of the data source's `jsonData`. */
  field: string;
  /** What it leads from and to. */
  needs: Component[];
  follow: (config: Config, following: Following) => Promise<string>;
}

const LINKS: Record<string, Link<never>[]> = {
  tempo: [
    { field: "tracesToLogsV2", needs: ["tempo", "loki"], follow: tracesToLogs },
    { field: "tracesToMetrics", needs: ["tempo", "mimir"], follow: tracesToMetrics },
  ],
  loki: [{ field: "derivedFields", needs: ["loki", "tempo"], follow: derivedFields }],
  prometheus: [
    { field: "exemplarTraceIdDestinations", needs: ["mimir", "tempo"], follow: exemplarDestinations },
  ],
};

/** Whether each link that the data sources are to have leads to data. */
export function linkQuestions(ground: Ground, sources: DataSource[]): Question[] {
  return sources.flatMap(({ name, type, jsonData }) =>
    (LINKS[type] ?? []).map(({ field, needs, follow }): Question => {
      const look = async () => {
        const config = jsonData[field];
        if (config === undefined || (Array.isArray(config) && config.length === 0))
          throw new Error("the data source has no such link");
        return follow(config as never, { ground, sources });
      };
      return { area: "links", name: `${name}: ${field}`, look: where(ground, needs, look) };
    }),
  );
}

interface FromTraces {
  datasourceUid?: string;
  tags?: { key: string; value?: string }[];
  spanStartTimeShift?: string;
  spanEndTimeShift?: string;
}

interface TracesToLogs extends FromTraces {
  customQuery?: boolean;
  query?: string;
}

async function tracesToLogs(config: TracesToLogs, { ground, sources }: Following): Promise<string> {
  const { uid, type } = dataSourceOf(config.datasourceUid, sources);
  if (!config.customQuery || !config.query)
    throw new Unchecked("verify knows links with a custom query only");
  let count = 0;
  const spans = await serverSpans(ground);
  for (const span of spans) {
    const query = expand(config.query, ofSpan(span, config), type);
    const logs = await askLogs(ground.grafana, uid, query, around(span, config));
    const found = "lines" in logs ? logs.lines : logs.series;
    if (found.length === 0) throw new Error(`nothing for a span of ${span.service}: ${query}`);
    count += found.length;
  }
  return `${spans.length} spans, ${count} lines`;
}

interface TracesToMetrics extends FromTraces {
  queries?: { name?: string; query?: string }[];
}

async function tracesToMetrics(config: TracesToMetrics, { ground, sources }: Following): Promise<string> {
  const { uid, jsonData } = dataSourceOf(config.datasourceUid, sources);
  const { queries = [] } = config;
  if (queries.length === 0) throw new Error("it has no query");
  const spans = await serverSpans(ground);
  for (const span of spans) {
    const range = around(span, config);
    const own = builtIns(range, "prometheus", (jsonData as { timeInterval?: string }).timeInterval);
    for (const { name = "", query = "" } of queries) {
      const asked = expand(query, { ...own.values, ...ofSpan(span, config) }, "prometheus");
      if (drawn(await seriesOver(ground.grafana, uid, asked, range, own.stepS)).length === 0)
        throw new Error(`"${name}" shows nothing for a span of ${span.service}: ${asked}`);
    }
  }
  return `${spans.length} spans, ${queries.map(({ name }) => name).join(" and ")}`;
}

interface DerivedField {
  name: string;
  matcherType?: string;
  matcherRegex: string;
  datasourceUid?: string;
  url?: string;
}

async function derivedFields(fields: DerivedField[], { ground, sources }: Following): Promise<string> {
  const lines = await sampleLines(ground);
  for (const { name, matcherType, matcherRegex, datasourceUid, url = "" } of fields) {
    const { uid } = dataSourceOf(inside(datasourceUid), sources);
    for (const { labels, text } of lines) {
      const pattern = new RegExp(matcherRegex);
      const value =
        matcherType === "label"
          ? Object.entries(labels).find(([label]) => pattern.test(label))?.[1]
          : pattern.exec(text)?.[1];
      if (!value) throw new Error(`"${name}" finds nothing in a line of ${labels.service_name}: ${text}`);
      await existing(ground.grafana, expand(url, { "__value.raw": value }, "tempo"), `"${name}"`, uid);
    }
  }
  return `${lines.length} lines, ${fields.map(({ name }) => name).join(" and ")}`;
}

interface ExemplarDestination {
  name: string;
  datasourceUid?: string;
}

async function exemplarDestinations(
  destinations: ExemplarDestination[],
  { ground, sources }: Following,
): Promise<string> {
  const exemplars = await sampleExemplars(ground);
  for (const { name, datasourceUid } of destinations) {
    const { uid } = dataSourceOf(inside(datasourceUid), sources);
    for (const { labels } of exemplars) {
      const value = labels[name];
      if (!value) throw new Error(`an exemplar has no ${name}: ${JSON.stringify(labels)}`);
      await existing(ground.grafana, value, `${name} of an exemplar`, uid);
    }
  }
  return `${exemplars.length} exemplars, ${destinations.map(({ name }) => name).join(" and ")}`;
}

/** @throws Unchecked for a link to another place than a data source */
function inside(uid: string | undefined): string {
  if (!uid) throw new Unchecked("it leads out of Grafana");
  return uid;
}

/** The span of each service at which it was asked. @throws Error when there is none */
async function serverSpans(ground: Ground): Promise<Span[]> {
  const [trace = []] = await sampleTraces(ground);
  const spans = trace.filter(({ kind }) => kind === "SPAN_KIND_SERVER");
  if (spans.length === 0) throw new Error("a trace that was found has no SERVER span");
  return spans;
}

/** What a link from a span may name. */
function ofSpan({ traceId, spanId, name, tags }: Span, { tags: mapped = [] }: FromTraces): Values {
  const there = mapped.filter(({ key }) => key in tags);
  return {
    __tags: there.map(({ key, value }) => `${value || key}="${tags[key]}"`).join(", "),
    "__trace.traceId": traceId,
    "__span.traceId": traceId,
    "__span.spanId": spanId,
    "__span.name": name,
  };
}

function around({ range }: Span, { spanStartTimeShift = "0s", spanEndTimeShift = "0s" }: FromTraces): Range {
  return {
    fromMs: range.fromMs + seconds(spanStartTimeShift) * 1000,
    toMs: range.toMs + seconds(spanEndTimeShift) * 1000,
  };
}
