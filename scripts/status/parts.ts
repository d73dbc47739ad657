import type { V1Secret } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { CHARTS } from "../../versions";
import { ADDRESS } from "../../values/shared";
import { ALLOY_PORT, NoService } from "../lib/cluster";
import { Fault, reasonOf } from "../lib/fault";
import { type Finding, together } from "../lib/finding";
import type { Grafana } from "../lib/grafana";
import { chartOf, installingAnew, newestOf, revisionOf } from "../lib/helm-records";
import { type Release, releasesOf } from "../lib/parts";
import { helm, type Stack } from "../lib/stack";
import type { Line } from "./line";
import type { ClusterReader } from "./reader";

type Piece = Omit<Finding, "name">;

/** Pages that answer 200 only while the part is ready to work. */
const READY: Record<Release, [service: string, port: number, path: string][]> = {
  tempo: [at(ADDRESS.tempo, "ready")],
  loki: [at(ADDRESS.loki, "ready")],
  mimir: [at(ADDRESS.mimirOtlp, "ready"), at(ADDRESS.mimirQuery, "ready")],
  grafana: [["grafana", 80, "api/health"]],
  alloy: [["alloy", ALLOY_PORT, "-/ready"]],
  "sumo-stand-in": [["sumo-stand-in", ALLOY_PORT, "-/ready"]],
};

function at(address: string, path: string): [string, number, string] {
  const { hostname, port } = new URL(address);
  return [hostname.split(".")[0]!, Number(port), path];
}

type Question = [path: string, query: Record<string, string>];

/** A question that a backend answers only if it can read what it keeps, asked by way of its data source. */
const QUESTION: Partial<Record<Release, Question>> = {
  tempo: ["/api/search", { q: "{}", limit: "1" }],
  loki: ["/loki/api/v1/labels", {}],
  mimir: ["/api/v1/query", { query: "count(up)" }],
};

/** What the parts are asked with. */
export interface Asking {
  reader: Pick<ClusterReader, "records" | "page">;
  /** Undefined: there is none, or it cannot be reached, which is told beside its address. */
  grafana?: Grafana;
}

/** A line for each part: what Helm installed, whether it is ready, and whether it answers through Grafana. */
export async function partLines(stack: Stack, { reader, grafana }: Asking): Promise<Line[]> {
  const records = reader.records().catch((error: unknown) => reasonOf(error));
  return Promise.all(
    releasesOf(stack).map(async (part): Promise<Line> => {
      const [installed, ready, answer] = await Promise.all([
        records.then((found) => installedOf(part, stack, found)),
        readyOf(part, stack, { reader, records }),
        stack.grafana && QUESTION[part] ? answerOf(part, QUESTION[part], grafana) : undefined,
      ]);
      const pieces = [installed.piece, ready, ...(answer ? [answer] : [])];
      return { area: "parts", ...together(part, pieces), data: installed.data };
    }),
  );
}

/** What Helm says of the newest revision. */
function installedOf(
  part: Release,
  stack: Stack,
  records: V1Secret[] | string,
): { piece: Piece; data?: Line["data"] } {
  if (typeof records === "string")
    return { piece: { state: "warn", saw: `its Helm record cannot be read: ${records}` } };
  const newest = newestOf(part, records);
  if (newest === undefined)
    return {
      piece: {
        state: "wrong",
        saw: "is not installed",
        mend: "`npm run doctor` says why, and what mends it",
      },
    };
  const { status, revision } = revisionOf(newest);
  const { chart, version, appVersion } = chartOf(newest);
  const key = part === "sumo-stand-in" ? "alloy" : part;
  const pinned = CHARTS[key].version;
  const data = { chart, version, appVersion, pinned, status, revision };
  const what = `${chart} ${version}`;
  if (status.startsWith("pending-"))
    return {
      piece: {
        state: "wrong",
        saw: `${what} is ${status}, so its making goes on or was cut off`,
        mend: "wait for what is under way; else `npm run doctor -- --fix`, then `npm run up`",
      },
      data,
    };
  if (status !== "deployed") {
    const mend = status === "failed" ? "`npm run up`" : installingAnew([part], stack);
    return { piece: { state: "wrong", saw: `${what} is ${status}`, mend }, data };
  }
  if (version !== pinned)
    return {
      piece: {
        state: "warn",
        saw: `${what}, and ${pinned} is pinned`,
        mend: `\`npm run up\`, unless \`charts.${key}\` is set to it`,
      },
      data,
    };
  return { piece: { state: "ok", saw: `${what}, as pinned (${appVersion})` }, data };
}

async function readyOf(
  part: Release,
  stack: Stack,
  { reader, records }: { reader: Asking["reader"]; records: Promise<V1Secret[] | string> },
): Promise<Piece> {
  try {
    await Promise.all(READY[part].map((where) => reader.page(...where)));
    return { state: "ok", saw: "ready" };
  } catch (error) {
    if (error instanceof NoService)
      return {
        state: "wrong",
        saw: `not ready: ${error.what}`,
        mend: rollbackOf(part, stack, await records),
      };
    return { state: "wrong", saw: `not ready: ${reasonOf(error)}` };
  }
}

/**
 * The command that brings an object of a chart's back; undefined: the release is gone as well, or its record is not known.
 * Pulumi compares a release's inputs alone, and `pulumi refresh` looks for Helm's record alone (pulumi-kubernetes,
 * helm_release.go), so neither misses such an object. Helm makes what is missing when it rolls back, even to the revision
 * that is there; without a number it would take the one before.
 */
export function rollbackOf(part: Release, stack: Stack, records: V1Secret[] | string): string | undefined {
  const newest = typeof records === "string" ? undefined : newestOf(part, records);
  return newest && `\`${helm(stack)} rollback ${part} ${revisionOf(newest).revision}\``;
}

async function answerOf(part: Release, question: Question, grafana: Grafana | undefined): Promise<Piece> {
  const unasked: Piece = { state: "warn", saw: "not asked through Grafana" };
  if (grafana === undefined) return unasked;
  try {
    const { status, body } = await grafana.ask(part, ...question);
    if (status === 200) return { state: "ok", saw: "answers Grafana" };
    const said = body.replace(/\s+/g, " ").slice(0, 120);
    return { state: "wrong", saw: `does not answer Grafana: ${status} ${said}`.trim() };
  } catch (error) {
    if (error instanceof Fault) return unasked;
    throw error;
  }
}
