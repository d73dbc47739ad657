import type { LRParser } from "@lezer/lr";
import { expand, type Language, type Values } from "../../scripts/verify/expand";
import { isRecord } from "../../settings/raw";

const PARSERS: Record<Language, LRParser> = {
  prometheus: grammar("@prometheus-io/lezer-promql"),
  loki: grammar("@grafana/lezer-logql"),
  tempo: grammar("@grafana/lezer-traceql"),
};

/** Each can be required, but its declarations are those of a module only. */
function grammar(name: string): LRParser {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return (require(name) as { parser: LRParser }).parser;
}

/** What Grafana puts in the place of its macros and of our variables. */
const FILLED: Values = {
  __rate_interval: "1m",
  __auto: "15s",
  __range: "15m",
  __tags: 'service_name="a"',
  "__trace.traceId": "0af7651916cd43dd8448eb211c80319c",
  service: { chosen: ["api-gateway", "order-service"] },
};

/** Where a query leaves its language's grammar; undefined: nowhere. */
export function faultIn(language: Language, query: string): string | undefined {
  const text = expand(query, FILLED, language);
  let fault: string | undefined;
  PARSERS[language].parse(text).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) fault ??= `${text.slice(0, from)} <here> ${text.slice(from, to)}${text.slice(to)}`;
    },
  });
  return text.trim() === "" ? "it is empty" : fault;
}

/** The metrics that a query of PromQL asks for. */
export function metricsOf(query: string): string[] {
  const text = expand(query, FILLED, "prometheus");
  const names: string[] = [];
  PARSERS.prometheus.parse(text).iterate({
    enter: ({ name, from, to, node }) => {
      if (name === "Identifier" && node.parent?.name === "VectorSelector") names.push(text.slice(from, to));
    },
  });
  return names;
}

/** A query with where it stands. */
export interface Asked {
  where: string;
  language: Language;
  query: string;
}

/** Every query below a value, in its data source's language; a thing with a title or name gives its place. */
export function queriesIn(value: unknown, where: string, around?: Language): Asked[] {
  if (Array.isArray(value)) return value.flatMap((one) => queriesIn(one, where, around));
  if (!isRecord(value)) return [];
  const { datasource, title, name } = value;
  const type = isRecord(datasource) ? datasource.type : value.type;
  const language = typeof type === "string" && type in PARSERS ? (type as Language) : around;
  const called = typeof title === "string" ? title : typeof name === "string" ? name : undefined;
  const place = called === undefined ? where : `${where}, ${called}`;
  return Object.entries(value).flatMap(([key, inner]) =>
    ["expr", "query", "stream"].includes(key) &&
    typeof inner === "string" &&
    language &&
    !inner.startsWith("label_values(")
      ? [{ where: place, language, query: inner }]
      : queriesIn(inner, place, language),
  );
}
