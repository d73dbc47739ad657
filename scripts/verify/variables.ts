import type { Grafana } from "../lib/grafana";
import { jsonOf } from "../lib/query/answers";
import { nanoseconds } from "../lib/query/logs";
import { secondsOf } from "../lib/query/metrics";
import type { Range } from "../lib/query/range";
import { builtIns, expand, type Value, type Values } from "./expand";
import { type DataSource, dataSourceOf } from "./sources";

/** A variable of a dashboard, as Grafana keeps it. */
export interface Variable {
  name: string;
  type: string;
  datasource?: unknown;
  query?: unknown;
  regex?: string;
  allValue?: string | null;
  current?: { value?: string | string[] };
}

/** What a dashboard's queries are asked with. */
export interface Context {
  grafana: Grafana;
  sources: DataSource[];
  range: Range;
}

const ALL = "$__all";

/**
 * What a variable stands for when its dashboard is opened.
 * @param before the variables above it, which its query may use
 * @throws Error when its query has no answer, or it stands for nothing
 */
export async function resolve(variable: Variable, before: Values, context: Context): Promise<Value> {
  const { name, type, regex, allValue, current } = variable;
  const set = [current?.value ?? []].flat();
  if (type !== "query") return notNothing(set, name);
  const options = matching(await optionsOf(variable, before, context), regex);
  if (!set.includes(ALL)) return notNothing(set, name);
  notNothing(options, name); // also where allValue would do: the list to choose from is empty
  return allValue || { chosen: options };
}

/** The label whose values a query variable asks for, and of which series; both languages write it alike. */
const LABEL_VALUES = /^label_values\((?:(.+),\s*)?(\w+)\)$/s;

async function optionsOf(variable: Variable, before: Values, context: Context): Promise<string[]> {
  const { grafana, sources, range } = context;
  const { uid, type } = dataSourceOf(variable.datasource, sources);
  const { label, stream } = labelQuery(variable.query);
  const selector = stream && expand(stream, { ...builtIns(range, type).values, ...before }, type);
  const answer =
    type === "loki"
      ? await grafana.ask(uid, `/loki/api/v1/label/${label}/values`, {
          ...nanoseconds(range),
          ...(selector && { query: selector }),
        })
      : await grafana.ask(uid, `/api/v1/label/${label}/values`, {
          ...secondsOf(range),
          ...(selector && { "match[]": selector }),
        });
  return jsonOf<{ data?: string[] }>(answer).data ?? [];
}

/** Reads what Prometheus' and Loki's editors write. @throws Error on what is no question for a label's values */
function labelQuery(query: unknown): { label: string; stream?: string } {
  const { query: text = query, label, stream } = (query ?? {}) as Record<string, unknown>;
  if (typeof label === "string" && label !== "") return { label, stream: stream as string | undefined };
  const [, series, asked] = (typeof text === "string" && LABEL_VALUES.exec(text.trim())) || [];
  if (asked === undefined) throw new Error(`verify cannot ask for ${JSON.stringify(query)}`);
  return { label: asked, stream: series };
}

/** What its regular expression leaves; a group in it is what is taken. */
function matching(options: string[], regex = ""): string[] {
  const [, source, flags] = /^\/(.*)\/(\w*)$/s.exec(regex) ?? [];
  if (source === undefined) return options;
  return options.flatMap((option) => {
    const found = new RegExp(source, flags).exec(option);
    return found ? [found[1] ?? option] : [];
  });
}

function notNothing(chosen: string[], name: string): Value {
  if (chosen.length === 0) throw new Error(`$${name} has no value to choose`);
  return { chosen };
}
