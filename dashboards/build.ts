import type * as cog from "@grafana/grafana-foundation-sdk/cog";
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";

/** Data sources by the uids that `values/datasources.ts` gives them. */
export const MIMIR = { type: "prometheus", uid: "mimir" };
export const LOKI = { type: "loki", uid: "loki" };
export const TEMPO = { type: "tempo", uid: "tempo" };

/** A panel that is not numbered yet. */
export type AnyPanel = cog.Builder<Panel> & { id(id: number): unknown };

/** Panels under a heading. */
export interface Section {
  title: string;
  panels: AnyPanel[];
}

/** What a dashboard is, but for its looks, which all of ours share. */
export interface Plan {
  uid: string;
  title: string;
  description: string;
  variables?: cog.Builder<VariableModel>[];
  /** One without panels is left out. */
  sections: Section[];
}

/** Carried by all of ours: each leads to the others by it. */
const TAG = "watchtower";

/** A dashboard of ours. Panels keep their order, and are numbered by it. */
export function dashboard({ uid, title, description, variables = [], sections }: Plan): Dashboard {
  const others = new DashboardLinkBuilder("Watchtower")
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(false)
    .keepTime(true)
    .includeVars(true);
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .links([others])
    .refresh("10s")
    .time({ from: "now-15m", to: "now" })
    .timezone("browser")
    .tooltip(DashboardCursorSync.Crosshair);
  for (const variable of variables) builder.withVariable(variable);
  let id = 0;
  for (const section of sections.filter(({ panels }) => panels.length > 0)) {
    builder.withRow(new RowBuilder(section.title).id(++id));
    for (const panel of section.panels) {
      panel.id(++id);
      builder.withPanel(panel);
    }
  }
  return builder.build();
}

/** Lets a person choose services. */
export function serviceVariable(
  datasource: typeof MIMIR,
  query: string | Record<string, unknown>,
): QueryVariableBuilder {
  return new QueryVariableBuilder("service")
    .label("Service")
    .datasource(datasource)
    .query(query)
    .multi(true)
    .includeAll(true)
    .current({ selected: true, text: ["All"], value: ["$__all"] })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}
