import { SortOrder, StackingMode, TooltipDisplayMode } from "@grafana/grafana-foundation-sdk/common";
import * as common from "@grafana/grafana-foundation-sdk/common";
import { PanelBuilder as LogsPanelBuilder } from "@grafana/grafana-foundation-sdk/logs";
import { DataqueryBuilder as LokiQuery } from "@grafana/grafana-foundation-sdk/loki";
import { DataqueryBuilder as PromQuery, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as TablePanelBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { LOKI, MIMIR } from "./build";

/** What every panel says of itself. */
export interface About {
  title: string;
  description: string;
  /** Grafana's unit of its values. */
  unit?: string;
  /** Columns out of 24. */
  span?: number;
}

/** A query with the name that its line has in the legend. */
export type Line = [expr: string, legend: string];

/** Lines over time from Mimir. */
export function lines(
  { title, description, unit = "short", span = 12 }: About,
  ...exprs: Line[]
): PanelBuilder {
  const panel = new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(MIMIR)
    .unit(unit)
    .min(0)
    .span(span)
    .height(8)
    .tooltip(new common.VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  exprs.forEach(([expr, legend], i) => panel.withTarget(promQuery(expr, i).legendFormat(legend)));
  return panel;
}

/** Lines over time from Mimir whose dots open traces. */
export function linesWithExemplars(about: About, ...exprs: Line[]): PanelBuilder {
  return lines(about).targets(
    exprs.map(([expr, legend], i) => promQuery(expr, i).legendFormat(legend).exemplar(true)),
  );
}

/** Counted log lines from Loki, stacked. */
export function logBars(
  { title, description, span = 12 }: About,
  expr: string,
  legend: string,
): PanelBuilder {
  return new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(LOKI)
    .drawStyle(common.GraphDrawStyle.Bars)
    .fillOpacity(80)
    .stacking(new common.StackingConfigBuilder().mode(StackingMode.Normal))
    .span(span)
    .height(8)
    .withTarget(logQuery(expr).legendFormat(legend));
}

/** Log lines themselves. */
export function logs({ title, description, span = 24 }: About, expr: string): LogsPanelBuilder {
  return new LogsPanelBuilder()
    .title(title)
    .description(description)
    .datasource(LOKI)
    .span(span)
    .height(12)
    .showTime(true)
    .enableLogDetails(true)
    .sortOrder(common.LogsSortOrder.Descending)
    .withTarget(logQuery(expr).maxLines(200));
}

/** Values of now from Mimir, one row for what the expressions have in common, one column an expression. */
export function table(
  { title, description, span = 24 }: About,
  columns: { expr: string; name: string; unit: string }[],
): TablePanelBuilder {
  const panel = new TablePanelBuilder()
    .title(title)
    .description(description)
    .datasource(MIMIR)
    .span(span)
    .height(10)
    .filterable(true)
    .withTransformation({ id: "merge", options: {} })
    .withTransformation({
      id: "organize",
      options: {
        excludeByName: { Time: true },
        renameByName: Object.fromEntries(columns.map(({ name }, i) => [`Value #${refId(i)}`, name])),
      },
    });
  columns.forEach(({ expr, name, unit }, i) => {
    panel.withTarget(promQuery(expr, i).instant().format(PromQueryFormat.Table));
    panel.overrideByName(name, [{ id: "unit", value: unit }]);
  });
  return panel;
}

function promQuery(expr: string, i: number): PromQuery {
  return new PromQuery().datasource(MIMIR).refId(refId(i)).expr(expr);
}

function logQuery(expr: string): LokiQuery {
  return new LokiQuery().datasource(LOKI).refId("A").expr(expr);
}

function refId(i: number): string {
  return String.fromCharCode("A".charCodeAt(0) + i);
}
