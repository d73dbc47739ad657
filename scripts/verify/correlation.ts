import { SERVICES } from "../../loadgen/plan";
import { countLines, type Line, linesOf } from "../lib/query/logs";
import { seriesAt } from "../lib/query/metrics";
import { windowOf } from "../lib/query/range";
import type { Question } from "./checks";
import { existing, type Ground, sampleExemplars, sampleLines, sampleTraces, where } from "./samples";
import { compareShares, type Requests } from "./shares";

/** Who calls whom, from the outside in. */
const EDGES = ["user", ...SERVICES].slice(0, -1).map((client, i) => [client, SERVICES[i]!] as const);

/**
 * Whether traces, logs and metrics of the load belong together.
 * @param sent what the load generator sent, where it was us who started it
 */
export function correlationQuestions(ground: Ground, sent?: Requests): Question[] {
  const question = (name: string, look: Question["look"]): Question => ({ area: "correlation", name, look });
  return [
    question(
      "trace → logs",
      where(ground, ["tempo", "loki"], () => tracesToLogs(ground)),
    ),
    question(
      "every log has its trace id",
      where(ground, ["loki"], () => logsWithoutTrace(ground)),
    ),
    question(
      "log → trace",
      where(ground, ["tempo", "loki"], () => logsToTraces(ground)),
    ),
    question(
      "exemplar → trace",
      where(ground, ["tempo", "mimir"], () => exemplarsToTraces(ground)),
    ),
    ...EDGES.map(([client, server]) =>
      question(
        `service graph: ${client} → ${server}`,
        where(ground, ["tempo", "mimir"], () => edge(ground, client, server)),
      ),
    ),
    question("share of failed requests", () => compareShares(ground, sent)),
  ];
}

/** Of each trace, every service has written a line with its id. */
async function tracesToLogs(ground: Ground): Promise<string> {
  const traces = await sampleTraces(ground);
  let count = 0;
  for (const spans of traces) {
    const { traceId } = spans[0]!;
    const query = `{service_name=~".+"} | trace_id="${traceId}"`;
    const lines = await linesOf(ground.grafana, "loki", query, ground.range());
    const wrote = new Set(lines.map(({ labels }) => labels.service_name));
    const silent = [...new Set(spans.map(({ service }) => service))].filter((one) => !wrote.has(one));
    if (silent.length > 0) throw new Error(`trace ${traceId} has no log of ${silent.join(", ")}`);
    count += lines.length;
  }
  return `${traces.length} traces, ${count} lines`;
}

/** Lines of users' services that lead nowhere; other services than the load's may have lines of no request. */
async function logsWithoutTrace(ground: Ground): Promise<string> {
  const { grafana } = ground;
  const range = ground.range();
  const count = (matchers: string) =>
    countLines(
      grafana,
      "loki",
      `sum by (service_name) (count_over_time({service_name=~".+", job=""}${matchers} [${windowOf(range)}]))`,
      range,
    );
  const ofLoad = ({ labels }: { labels: Record<string, string> }) =>
    SERVICES.some((service) => service === labels.service_name);
  const all = (await count("")).filter(ofLoad);
  if (all.length === 0) throw new Error("Loki has no line of the load");
  const without = await count(' | trace_id=""');
  const [first] = without.filter(ofLoad);
  if (first) {
    const service = first.labels.service_name!;
    const lines = await linesOf(grafana, "loki", `{service_name="${service}"} | trace_id=""`, range, 1);
    throw new Error(
      `${first.count} lines of ${service} have no trace id, such as ${lines.map(shown).join()}`,
    );
  }
  const others = without.map(({ labels, count }) => `${count} of ${labels.service_name} have none`);
  return [`${all.reduce((sum, { count }) => sum + count, 0)} lines`, ...others].join("; ");
}

async function logsToTraces(ground: Ground): Promise<string> {
  const lines = await sampleLines(ground);
  for (const line of lines) {
    const { trace_id: id } = line.labels;
    if (!id) throw new Error(`${shown(line)} has no trace id`);
    await existing(ground.grafana, id, shown(line));
  }
  return `${lines.length} lines`;
}

async function exemplarsToTraces(ground: Ground): Promise<string> {
  const exemplars = await sampleExemplars(ground);
  for (const { labels } of exemplars) {
    if (!labels.trace_id) throw new Error(`an exemplar has no trace_id: ${JSON.stringify(labels)}`);
    await existing(ground.grafana, labels.trace_id, "an exemplar");
  }
  return `${exemplars.length} exemplars`;
}

async function edge({ grafana, range }: Ground, client: string, server: string): Promise<string> {
  const within = range();
  const calls = `traces_service_graph_request_total{client="${client}", server="${server}"}`;
  const [sum] = await seriesAt(grafana, "mimir", `sum(increase(${calls}[${windowOf(within)}]))`, within.toMs);
  const count = Number(sum?.values[0]?.[1] ?? 0);
  if (!(count > 0)) throw new Error(`nothing was counted by ${calls}`);
  return `about ${Math.round(count)} calls`;
}

function shown({ labels, text, atMs }: Line): string {
  return `the line of ${labels.service_name} at ${new Date(atMs).toISOString()} ("${text.slice(0, 80)}")`;
}
