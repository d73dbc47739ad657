import type { Answer, Grafana } from "../lib/grafana";
import { resultOf, told } from "../lib/query/answers";
import { nanoseconds } from "../lib/query/logs";
import type { Signal } from "../lib/signals";
import type { Lookout } from "./lookout";
import { type Mark, MARK_ATTRIBUTE, METRIC_NAME, RESOURCE } from "./mark";

/** Around the mark's time, so that Loki need not look through everything. */
const AROUND_MS = 60_000;

/** Looks for the marked item in its backend. */
export function localLookout(grafana: Grafana, signal: Signal, mark: Mark): Lookout {
  return { path: "local", place: signal.title, missing: () => LOOK[signal.backend](grafana, mark) };
}

const LOOK: Record<Signal["backend"], (grafana: Grafana, mark: Mark) => Promise<string | undefined>> = {
  tempo: async (grafana, mark) => missingTrace(await grafana.ask("tempo", `/api/traces/${mark.id}`), mark),
  loki: async (grafana, mark) => {
    const answer = await grafana.ask("loki", "/loki/api/v1/query_range", {
      query: `{service_name="${RESOURCE["service.name"]}"} | trace_id="${mark.id}"`,
      ...nanoseconds({ fromMs: mark.at.getTime() - AROUND_MS, toMs: Date.now() + AROUND_MS }),
    });
    return missingLog(answer, mark);
  },
  mimir: async (grafana, mark) => {
    const query = `${METRIC_NAME}{${MARK_ATTRIBUTE}="${mark.id}"}`;
    return missingMetric(await grafana.ask("mimir", "/api/v1/query", { query }), mark);
  },
};

function missingTrace(answer: Answer, { id }: Mark): string | undefined {
  if (answer.status !== 200) return told(answer);
  // Ids are in base64 here: the attribute is what a reader finds.
  return answer.body.includes(`"${id}"`) ? undefined : "the trace it has is another one";
}

function missingLog(answer: Answer, { id }: Mark): string | undefined {
  const streams = resultOf<{ values: [string, string][] }>(answer);
  const lines = streams.flatMap(({ values }) => values.map(([, line]) => line));
  return lines.some((line) => line.includes(id)) ? undefined : "it has no such record";
}

function missingMetric(answer: Answer, { value }: Mark): string | undefined {
  const [first] = resultOf<{ value: [number, string] }>(answer);
  if (first === undefined) return "it has no such series";
  return Number(first.value[1]) === value ? undefined : `it has ${first.value[1]}, ${value} was sent`;
}
