import { isRecord } from "../../settings/raw";
import type { Grafana } from "../lib/grafana";
import { jsonOf } from "../lib/query/answers";
import type { Language } from "./expand";

/** A data source as Grafana has it. */
export interface DataSource {
  uid: string;
  name: string;
  type: string;
  isDefault?: boolean;
  jsonData: Record<string, unknown>;
}

/** One that speaks a language we can ask in. */
export type Askable = DataSource & { type: Language };

/** All data sources that Grafana has. @throws Error when it does not tell */
export async function readDataSources(grafana: Grafana): Promise<DataSource[]> {
  const { status, body } = await grafana.get("/api/datasources");
  // In provisioning files `$$` stands for `$`; whoever shows them unread means the same.
  return jsonOf<DataSource[]>({ status, body: body.replaceAll("$$", "$") });
}

/**
 * The data source that a panel, variable or link names.
 * @param reference `{uid}`, a name, or nothing for the default
 * @throws Error where Grafana has none such, or none that we can ask
 */
export function dataSourceOf(reference: unknown, all: DataSource[]): Askable {
  const named = isRecord(reference) ? reference.uid : reference;
  const found = all.find(({ uid, name, isDefault }) =>
    typeof named === "string" ? named === uid || named === name : isDefault,
  );
  if (!found) {
    const there = all.map(({ uid }) => uid).join(", ");
    throw new Error(`data source ${JSON.stringify(named ?? "default")} is none of Grafana's (${there})`);
  }
  if (!isAskable(found)) throw new Error(`verify cannot ask data source ${found.uid} of type ${found.type}`);
  return found;
}

function isAskable(source: DataSource): source is Askable {
  return ["prometheus", "loki", "tempo"].includes(source.type);
}
