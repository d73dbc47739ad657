import type { Grafana } from "../lib/grafana";
import { jsonOf } from "../lib/query/answers";
import type { Range } from "../lib/query/range";
import type { Question } from "./checks";
import { momentOf, type Values } from "./expand";
import { askTarget, type Target } from "./panels";
import type { DataSource } from "./sources";
import { type Context, resolve, type Variable } from "./variables";

interface Panel {
  title?: string;
  datasource?: unknown;
  targets?: (Target & { hide?: boolean })[];
  /** Those of a row that is folded up. */
  panels?: Panel[];
}

/** A dashboard as Grafana keeps it, as much of it as asks for data. */
export interface Dashboard {
  uid: string;
  title: string;
  time?: { from: string; to: string };
  templating?: { list?: Variable[] };
  panels?: Panel[];
}

/** The dashboards that came with Grafana, not those that people made. @throws Error when Grafana does not tell */
export async function readDashboards(grafana: Grafana): Promise<Dashboard[]> {
  const found = jsonOf<{ uid: string }[]>(await grafana.get("/api/search", { type: "dash-db" }));
  const read = await Promise.all(
    found.map(async ({ uid }) =>
      jsonOf<{ dashboard: Dashboard; meta?: { provisioned?: boolean } }>(
        await grafana.get(`/api/dashboards/uid/${encodeURIComponent(uid)}`),
      ),
    ),
  );
  return read.filter(({ meta }) => meta?.provisioned !== false).map(({ dashboard }) => dashboard);
}

/** Whether each variable and each panel of a dashboard has data. */
export function dashboardQuestions(
  grafana: Grafana,
  sources: DataSource[],
  { title, time, templating, panels = [] }: Dashboard,
): Question[] {
  const variables = templating?.list ?? [];
  const context = (): Context => ({ grafana, sources, range: rangeOf(time) });
  /** The values of the first so many; each may build on those before it. */
  const valuesOf = async (count: number) => {
    const values: Values = {};
    for (const variable of variables.slice(0, count))
      values[variable.name] = await resolve(variable, values, context());
    return values;
  };
  const question = (name: string, look: Question["look"]): Question => ({
    area: "dashboards",
    name: `${title} / ${name}`,
    look,
  });
  return [
    ...variables.map(({ name }, i) =>
      question(`variable ${name}`, async () => shown((await valuesOf(i + 1))[name]!)),
    ),
    ...unfolded(panels)
      .filter(({ targets = [] }) => targets.length > 0)
      .map((panel) =>
        question(panel.title ?? "", async () => askPanel(panel, await valuesOf(variables.length), context())),
      ),
  ];
}

function rangeOf({ from, to } = { from: "now-6h", to: "now" }): Range {
  const now = Date.now();
  return { fromMs: momentOf(from, now), toMs: momentOf(to, now) };
}

function unfolded(panels: Panel[]): Panel[] {
  return panels.flatMap((panel) => [panel, ...unfolded(panel.panels ?? [])]);
}

function shown(value: Values[string]): string {
  return typeof value === "string" ? value : value.chosen.join(", ");
}

/** Asks all that a panel asks. @throws Error that names each query that has no data */
async function askPanel(
  { datasource, targets = [] }: Panel,
  values: Values,
  context: Context,
): Promise<string> {
  const said: string[] = [];
  const amiss: string[] = [];
  for (const target of targets.filter(({ hide }) => !hide))
    await askTarget({ ...target, datasource: target.datasource ?? datasource }, values, context).then(
      (note) => said.push(note),
      (error: Error) => amiss.push(`query ${target.refId}: ${error.message}`),
    );
  if (amiss.length > 0) throw new Error(amiss.join("; "));
  return said.join("; ");
}
