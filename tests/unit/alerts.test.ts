import { alerts } from "../../alerts";
import { type Rule, rules } from "../../alerts/rules";
import { dashboards } from "../../dashboards";
import { type Component, COMPONENTS } from "../../versions";
import { metricsOf, queriesIn } from "../helpers/queries";

const all = rules(new Set(COMPONENTS));
const named = all.map((rule): [string, Rule] => [rule.title, rule]);
const without = (gone: Component) => rules(new Set(COMPONENTS.filter((name) => name !== gone)));

describe("the alert rules", () => {
  it("are known by names of their own, as long as Grafana takes", () => {
    const uids = all.map(({ uid }) => uid);
    expect(new Set(uids).size).toBe(uids.length);
    for (const uid of uids) expect(uid).toMatch(/^watchtower-[a-z-]{1,29}$/);
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
  });

  it("tell of each thing that would mislead a person", () => {
    const about = all.map(({ expr }) => expr).join("\n");
    for (const thing of [
      /401\|403/,
      /send_failed/,
      /queue_size/,
      /receiver_refused/,
      /tempo_discarded_spans_total/,
      /loki_discarded_samples_total/,
      /cortex_discarded_samples_total/,
      /container_start_time_seconds/,
      /disk_usage/,
    ])
      expect(about).toMatch(thing);
  });

  it.each(["Tempo", "Loki", "Mimir"])("tell of all that %s is shown to throw away", (backend) => {
    const pipeline: unknown = JSON.parse(dashboards(new Set(COMPONENTS))["pipeline.json"]!);
    const panels = queriesIn(pipeline, "").filter(({ where }) => where.endsWith(`${backend}: thrown away`));
    const shown = panels.flatMap(({ query }) => metricsOf(query));
    const { expr } = all.find(({ title }) => title === `${backend} throws telemetry away`)!;
    expect(shown.length).toBeGreaterThan(0);
    expect(metricsOf(expr)).toEqual(shown);
  });

  it.each(named)("say what to do next: %s", (_, { text }) => {
    expect(text).toMatch(/`(npm run|pulumi|docker) [^`]+`|values\/[a-z$]+(\.ts)?/);
    expect(text.length).toBeGreaterThan(60);
  });

  it("are not there where nobody gathers their figures, or keeps them", () => {
    for (const gone of ["alloy", "mimir"] as const) {
      expect(without(gone)).toEqual([]);
      expect(alerts(new Set(COMPONENTS.filter((name) => name !== gone)))).toBeUndefined();
    }
  });

  it.each(["tempo", "loki"] as const)("ask for nothing of %s where it is out", (gone) => {
    const metrics = new RegExp(`\\b${gone}_`);
    expect(all.some(({ expr }) => metrics.test(expr))).toBe(true);
    expect(without(gone).filter(({ expr }) => metrics.test(expr))).toEqual([]);
  });

  it("hold nothing that Grafana's provisioning or the chart's templates would take for theirs", () => {
    expect(JSON.stringify(alerts(new Set(COMPONENTS)))).not.toMatch(/\$|\{\{/);
  });
});
