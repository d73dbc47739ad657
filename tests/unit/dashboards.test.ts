import { dashboards } from "../../dashboards";
import { isRecord } from "../../settings/raw";
import { type Component, COMPONENTS } from "../../versions";

type Panel = { title: string; description?: string; type: string; targets?: unknown[]; gridPos: Grid };
type Grid = { x: number; y: number; w: number; h: number };
type Dashboard = { uid: string; title: string; panels: Panel[]; links: object[]; tags: string[] };

const texts = dashboards(new Set(COMPONENTS));
const all = Object.entries(texts).map(([file, text]): [string, Dashboard] => [
  file,
  JSON.parse(text) as Dashboard,
]);
const panels = all.flatMap(([file, { panels }]) =>
  panels.map((panel): [string, Panel] => [`${file}: ${panel.title}`, panel]),
);

/** Uids of the data sources that something asks, but variables and Grafana's own such as `-- Mixed --`. */
function asked(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(asked);
  if (!isRecord(value)) return [];
  const { datasource } = value;
  const own = isRecord(datasource) && typeof datasource.uid === "string" ? [datasource.uid] : [];
  return [...own, ...Object.values(value).flatMap(asked)].filter((uid) => !/^(\$|-- )/.test(uid));
}

function overlap(a: Grid, b: Grid): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

describe("dashboards", () => {
  it("are there, each under an address and a title of its own", () => {
    expect(all.length).toBeGreaterThan(0);
    for (const field of ["uid", "title"] as const) {
      const values = all.map(([, dashboard]) => dashboard[field]);
      expect(values).not.toContain("");
      expect(new Set(values).size).toBe(all.length);
    }
  });

  it("are the same text each time they are made, whatever order the components are in", () => {
    const again = dashboards(new Set([...COMPONENTS].reverse()));
    expect(Object.entries(again)).toEqual(Object.entries(texts));
  });

  it("carry no id, which is the database's own", () => {
    for (const [, dashboard] of all) expect(dashboard).not.toHaveProperty("id");
  });

  it("ask only data sources that are in the stack, whatever it runs", () => {
    for (let bits = 0; bits < 2 ** COMPONENTS.length; bits++) {
      const components = new Set<Component>(COMPONENTS.filter((_, i) => bits & (1 << i)));
      const uids = Object.values(dashboards(components)).flatMap((text) => asked(JSON.parse(text)));
      expect(uids.filter((uid) => !components.has(uid as Component))).toEqual([]);
    }
  });

  it("each lead to all the others, at the same time and for the same services", () => {
    for (const [, { links, tags }] of all) {
      expect(links).toEqual([
        expect.objectContaining({ type: "dashboards", tags, keepTime: true, includeVars: true }),
      ]);
      expect(tags).toEqual(all[0]![1].tags);
    }
  });

  it.each([
    ["tempo+loki+mimir+grafana+alloy", "dual-write logs pipeline service-map services"],
    ["tempo+loki+mimir+grafana", "logs service-map services"],
    ["tempo+grafana+alloy", "service-map"],
    ["loki+grafana+alloy", "logs"],
    ["mimir+grafana+alloy", "dual-write pipeline"],
    ["grafana", ""],
  ])("with %s are those that there is data for: %s", (components, expected) => {
    const made = dashboards(new Set(components.split("+") as Component[]));
    expect(Object.keys(made).sort().join(" ").replaceAll(".json", "")).toBe(expected);
  });

  it.each([
    ["pipeline.json", "loki", /Loki|What the stack says|Disk/],
    ["pipeline.json", "tempo", /Tempo/],
    ["dual-write.json", "tempo", /Traces/],
    ["services.json", "loki", /Logs/],
    ["service-map.json", "mimir", /map|Calls/],
  ] as const)("leave out of %s what needs %s where it is out", (file, gone, titles) => {
    const without = dashboards(new Set(COMPONENTS.filter((name) => name !== gone)))[file]!;
    const shown = (text: string) => (JSON.parse(text) as Dashboard).panels.map(({ title }) => title);
    expect(shown(texts[file]!).filter((title) => titles.test(title))).not.toEqual([]);
    expect(shown(without).filter((title) => titles.test(title))).toEqual([]);
  });

  it.each(["Latency", "Latency by route"])("lead from %s to traces, by exemplars", (title) => {
    const { panels } = JSON.parse(texts["services.json"]!) as Dashboard;
    const { targets } = panels.find((panel) => panel.title === title)!;
    expect(targets!.map((target) => (target as { exemplar?: boolean }).exemplar)).not.toContain(undefined);
  });

  it("fit a ConfigMap together", () => {
    const bytes = Object.values(texts).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    expect(bytes).toBeLessThan(2 ** 20);
  });
});

describe("a panel", () => {
  it.each(panels.filter(([, { type }]) => type !== "row" && type !== "text"))(
    "of %s says what it shows, and asks for it",
    (_, panel) => {
      expect(panel.description ?? "").not.toBe("");
      expect(panel.targets?.length).toBeGreaterThan(0);
      expect(asked(panel).length).toBeGreaterThan(0);
    },
  );

  it("lies on no other", () => {
    for (const [, { panels }] of all)
      for (const [i, one] of panels.entries())
        for (const other of panels.slice(i + 1))
          expect([one.title, other.title, overlap(one.gridPos, other.gridPos)]).toEqual([
            one.title,
            other.title,
            false,
          ]);
  });
});
