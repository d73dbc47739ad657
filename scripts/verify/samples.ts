import { SERVICES } from "../../loadgen/plan";
import type { Component } from "../../versions";
import type { Grafana } from "../lib/grafana";
import { type Line, linesOf } from "../lib/query/logs";
import { type Exemplar, exemplarsOf } from "../lib/query/metrics";
import type { Range } from "../lib/query/range";
import { type Question, Unchecked } from "./checks";
import { searchTraces, type Span, spansOf } from "./traces";

/** The service that users ask: one span and one log line of it stand for one request. */
export const ENTRY = SERVICES[0];
/** Log lines of the load's services. */
const LOAD_LINES = `{service_name=~"${SERVICES.join("|")}", job=""}`;
/** How many of each are taken as examples. */
const FEW = 5;

/** Where the load's telemetry is to be found. */
export interface Ground {
  grafana: Grafana;
  components: readonly Component[];
  /** The time that is looked at, up to now. */
  range: () => Range;
}

/** A look that is taken only where all it needs runs. */
export function where({ components }: Ground, needs: Component[], look: Question["look"]): Question["look"] {
  const missing = needs.filter((one) => !components.includes(one));
  if (missing.length === 0) return look;
  return () => Promise.reject(new Unchecked(`this stack does not run ${missing.join(" and ")}`));
}

/** Some traces of requests, with all their spans. @throws Error when there is none */
export async function sampleTraces({ grafana, range }: Ground): Promise<Span[][]> {
  const query = `{ resource.service.name = "${ENTRY}" && kind = server }`;
  const ids = await searchTraces(grafana, "tempo", query, range(), FEW);
  if (ids.length === 0) throw new Error(`Tempo has no trace of ${ENTRY}`);
  return Promise.all(ids.map((id) => spansOf(grafana, "tempo", id)));
}

/** Some log lines of the load. @throws Error when there is none */
export async function sampleLines({ grafana, range }: Ground): Promise<Line[]> {
  const lines = await linesOf(grafana, "loki", LOAD_LINES, range(), FEW);
  if (lines.length === 0) throw new Error(`Loki has no line: ${LOAD_LINES}`);
  return lines;
}

/** The newest exemplars of the load. @throws Error when there is none */
export async function sampleExemplars({ grafana, range }: Ground): Promise<Exemplar[]> {
  const query = `traces_spanmetrics_latency_bucket{service=~"${SERVICES.join("|")}"}`;
  const exemplars = await exemplarsOf(grafana, "mimir", query, range());
  if (exemplars.length === 0) throw new Error(`Mimir has no exemplar: ${query}`);
  return exemplars.sort((a, b) => b.timestamp - a.timestamp).slice(0, FEW);
}

/** @throws Error when there is no such trace */
export async function existing(
  grafana: Grafana,
  traceId: string,
  whose: string,
  uid = "tempo",
): Promise<void> {
  const spans = await spansOf(grafana, uid, traceId);
  if (spans.length === 0) throw new Error(`${whose} leads to trace ${traceId}, which ${uid} does not have`);
}
