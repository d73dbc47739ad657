import type { Range } from "../lib/query/range";
import { LOG, type Signal, TRACE } from "../lib/signals";
import { type ByService, UNNAMED } from "./local";
import { SearchFailed, type SumoRecord, type SumoSearch } from "./sumo-search";

/** What Sumo has of a signal. */
export interface SumoHas {
  total: number;
  /** Undefined: Sumo does not know the services. */
  byService?: ByService;
}

/** Spans are searched as logs are, in an index of their own (sumologic.com/help/docs/apm/traces). */
const SEARCHED = [
  {
    signal: TRACE,
    search: (scope: string) => `_index=_trace_spans ${scope}`,
    service: "service",
  },
  // An attribute of the resource is a field of the log, where the account's table of fields has it.
  { signal: LOG, search: (scope: string) => scope, service: "service.name" },
];

/**
 * Counts what Sumo has of a signal; undefined: no API of Sumo's tells how many points of metrics it has.
 * @throws Fault when Sumo cannot be asked, SearchFailed when it cannot count them
 */
export async function countInSumo(
  sumo: SumoSearch,
  scope: string,
  signal: Signal,
  range: Range,
): Promise<SumoHas | undefined> {
  const searched = SEARCHED.find((one) => one.signal === signal);
  if (!searched) return undefined;
  const search = searched.search(scope);
  const byField = await sumo
    .records(`${search} | count by %"${searched.service}"`, range)
    .catch((error: unknown) => {
      if (error instanceof SearchFailed) return undefined; // it may not know that field
      throw error;
    });
  if (byField === undefined) return { total: sumOf(await sumo.records(`${search} | count`, range)) };
  const counts: ByService = new Map(
    byField.map((record) => [record[searched.service] || UNNAMED, Number(record._count ?? 0)]),
  );
  const named = [...counts.keys()].some((service) => service !== UNNAMED);
  return { total: sumOf(byField), ...(named && { byService: counts }) };
}

function sumOf(records: SumoRecord[]): number {
  return records.reduce((sum, { _count = "0" }) => sum + Number(_count), 0);
}
