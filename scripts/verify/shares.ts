import type { Component } from "../../versions";
import { countLines } from "../lib/query/logs";
import { seriesAt } from "../lib/query/metrics";
import { windowOf } from "../lib/query/range";
import { Unchecked } from "./checks";
import { ENTRY, type Ground } from "./samples";
import { countSpans } from "./traces";

/** How many requests there were, and how many of them failed. */
export interface Requests {
  requests: number;
  failed: number;
}

/** Requests as one kind of telemetry tells of them. */
export interface Told extends Requests {
  by: string;
}

/** While somebody else sends, too, the ends of the time are not cut alike: metrics come every 15 s. */
const TOLERANCE = 0.005;

/** Who tells of requests, and what has to run for it. */
const WITNESSES: { by: string; needs: Component[]; count: (ground: Ground) => Promise<Requests> }[] = [
  {
    by: "span metrics",
    needs: ["tempo", "mimir"],
    count: (ground) =>
      growth(
        ground,
        `traces_spanmetrics_calls_total{service="${ENTRY}", span_kind="SPAN_KIND_SERVER"}`,
        ({ status_code }) => status_code === "STATUS_CODE_ERROR",
      ),
  },
  {
    by: "the services' own metrics",
    needs: ["mimir"],
    count: (ground) =>
      growth(
        ground,
        `http_server_request_duration_seconds_count{service_name="${ENTRY}"}`,
        ({ http_response_status_code: status = "" }) => status.startsWith("5"),
      ),
  },
  {
    by: "root spans",
    needs: ["tempo", "mimir"], // Tempo counts spans by what writes span metrics to Mimir
    count: async ({ grafana, range }) => {
      const roots = `resource.service.name = "${ENTRY}" && kind = server && nestedSetParent < 0`;
      const count = (filter: string) => countSpans(grafana, "tempo", `{ ${roots}${filter} }`, range());
      return { requests: await count(""), failed: await count(" && status = error") };
    },
  },
  {
    by: "logs",
    needs: ["loki"],
    count: async ({ grafana, range }) => {
      const within = range();
      const window = windowOf(within);
      const count = async (status: string) => {
        const lines = `{service_name="${ENTRY}"} | http_response_status_code=~"${status}"`;
        const [sum] = await countLines(grafana, "loki", `sum(count_over_time(${lines} [${window}]))`, within);
        return sum?.count ?? 0;
      };
      return { requests: await count(".+"), failed: await count("5..") };
    },
  },
];

/** @throws Error when they do not tell the same */
export async function compareShares(ground: Ground, sent?: Requests): Promise<string> {
  const able = WITNESSES.filter(({ needs }) => needs.every((one) => ground.components.includes(one)));
  const told = await Promise.all(able.map(async ({ by, count }) => ({ by, ...(await count(ground)) })));
  if (sent) told.unshift({ by: "load generator", ...sent });
  if (told.length < 2)
    throw new Unchecked(`only ${told.map(({ by }) => by).join() || "nobody"} counts requests`);
  const text = told.map(({ by, requests, failed }) => `${by} ${failed} of ${requests}`).join(", ");
  const why = discord(told, sent);
  if (why !== undefined) throw new Error(`${why}: ${text}`);
  return `${((told[0]!.failed / told[0]!.requests) * 100).toFixed(2)} %: ${text}`;
}

/** In what they do not tell the same; undefined: in nothing. */
function discord(told: Told[], sent?: Requests): string | undefined {
  const fewest = told.reduce((a, b) => (b.requests < a.requests ? b : a));
  if (fewest.requests === 0) return `${fewest.by} tell of no request`;
  if (sent && fewest.requests < sent.requests) return `${fewest.by} tell of fewer requests than were sent`;
  const shares = told.map(({ requests, failed }) => failed / requests);
  const allAlike = told.every(({ requests }) => requests === fewest.requests);
  const apart = Math.max(...shares) - Math.min(...shares);
  return apart > (allAlike ? 0 : TOLERANCE) ? "the shares differ" : undefined;
}

/** How far counters have grown, to the request: `increase` would extrapolate. */
async function growth(
  { grafana, range }: Ground,
  selector: string,
  isFailure: (labels: Record<string, string>) => boolean,
): Promise<Requests> {
  const within = range();
  const [before, after] = await Promise.all([
    seriesAt(grafana, "mimir", selector, within.fromMs),
    seriesAt(grafana, "mimir", `last_over_time(${selector}[${windowOf(within)}])`, within.toMs),
  ]);
  const key = ({ __name__, ...labels }: Record<string, string>) =>
    JSON.stringify(Object.entries(labels).sort());
  const had = new Map(before.map(({ metric, values }) => [key(metric), Number(values[0]![1])]));
  const grown = after.map(({ metric, values }) => ({
    metric,
    by: Math.max(0, Number(values[0]![1]) - (had.get(key(metric)) ?? 0)),
  }));
  const sum = (some: typeof grown) => some.reduce((total, { by }) => total + by, 0);
  return { requests: sum(grown), failed: sum(grown.filter(({ metric }) => isFailure(metric))) };
}
