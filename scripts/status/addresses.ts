import type { Refusal } from "../../loadgen/transport";
import { GRPC } from "../../loadgen/transport-grpc";
import { HTTP } from "../../loadgen/transport-http";
import { reasonOf } from "../lib/fault";
import { type Grafana, grafanaOf, Silent } from "../lib/grafana";
import { jsonOf } from "../lib/query/answers";
import type { Stack } from "../lib/stack";
import { within } from "../lib/wait";
import type { Line } from "./line";

const ANSWER_WITHIN_MS = 2_000;

/** What is seen at Grafana's address, and Grafana itself, where it can be asked there. */
export interface SeenGrafana {
  lines: Line[];
  grafana?: Grafana;
}

/** Asks Grafana at the address that people use whether it is well, lets us in, and has all its data sources. */
export async function lookAtGrafana(stack: Stack): Promise<SeenGrafana> {
  if (!stack.grafana) return { lines: [] };
  const { url } = stack.grafana;
  const line = { area: "addresses" as const, name: "Grafana", data: { url } };
  const grafana = grafanaOf(stack, ANSWER_WITHIN_MS);
  try {
    const answer = await grafana.get("/api/health");
    const { database, version } = jsonOf<{ database?: string; version?: string }>(answer);
    if (database !== "ok")
      return { lines: [{ ...line, state: "wrong", saw: `${url}: its database is ${database}` }] };
    const sources = jsonOf<{ uid: string }[]>(await grafana.get("/api/datasources"));
    const has = new Set(sources.map(({ uid }) => uid));
    const lacks = stack.components.filter((part) => /^(tempo|loki|mimir)$/.test(part) && !has.has(part));
    if (lacks.length > 0)
      return {
        lines: [
          {
            ...line,
            state: "wrong",
            saw: `${url} has no data source ${lacks.join(", ")}`,
            mend: "`npm run restart -- grafana`, as it reads them when it starts",
          },
        ],
        grafana,
      };
    return { lines: [{ ...line, state: "ok", saw: `${url} (${version})` }], grafana };
  } catch (error) {
    if (error instanceof Silent) return { lines: [unreached(stack, { ...line, saw: error.what })] };
    return { lines: [{ ...line, state: "wrong", saw: reasonOf(error) }] };
  }
}

/** Sends Alloy an export of nothing at each of its doors. */
export function otlpLines(stack: Stack): Promise<Line[]> {
  const { otlp } = stack;
  if (!otlp) return Promise.resolve([]);
  return Promise.all([
    door("OTLP gRPC", otlp.grpc, async () => {
      const target = { endpoint: otlp.grpc, headers: {} };
      const exporter = GRPC.newExporter.traces(target);
      const refusal = await GRPC.refusalOf(target, "traces", exporter);
      void exporter.shutdown();
      return refusal;
    }),
    door("OTLP HTTP", otlp.http, () => {
      const target = { endpoint: otlp.http, headers: {} };
      return HTTP.refusalOf(target, "traces", HTTP.newExporter.traces(target));
    }),
  ]);

  async function door(
    name: string,
    address: string,
    refusalOf: () => Promise<Refusal | undefined>,
  ): Promise<Line> {
    const line = { area: "addresses" as const, name, data: { address } };
    const refusal = await within(ANSWER_WITHIN_MS, refusalOf()).catch((error: unknown) => ({
      kind: "no receiver",
      reason: reasonOf(error),
    }));
    if (refusal === undefined) return { ...line, state: "ok", saw: address };
    const mend = "if Alloy's pod is ready: `npm run restart -- alloy`";
    return unreached(stack, { ...line, saw: `${address} takes nothing (${refusal.reason})`, mend });
  }
}

/** On an existing cluster somebody has to forward the ports, and need not. */
function unreached(stack: Stack, line: Omit<Line, "state">): Line {
  const { portForward } = stack;
  if (portForward.length === 0) return { ...line, state: "wrong" };
  return { ...line, state: "warn", mend: portForward.map((command) => `\`${command}\``).join(" and ") };
}
