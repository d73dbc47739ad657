import { alerts } from "../../alerts";
import { OWN_METRICS } from "../../alloy/own-metrics";
import { dashboards } from "../../dashboards";
import { writtenQueries } from "../../scripts/verify/evaluating";
import { datasources } from "../../values/datasources";
import { COMPONENTS } from "../../versions";
import { type Asked, faultIn, metricsOf, queriesIn } from "../helpers/queries";

const everything = new Set(COMPONENTS);
const inDashboards = Object.entries(dashboards(everything)).flatMap(([file, text]) =>
  queriesIn(JSON.parse(text), file),
);
/** Each link of a data source speaks the language of where it leads. */
const inDataSources: Asked[] = datasources(everything).flatMap(({ jsonData }) => {
  const { tracesToLogsV2, tracesToMetrics } = JSON.parse(
    JSON.stringify(jsonData).replaceAll("$$", "$"),
  ) as Record<string, unknown>;
  return [
    ...queriesIn(tracesToLogsV2, "data sources: traces to logs", "loki"),
    ...queriesIn(tracesToMetrics, "data sources: traces to metrics", "prometheus"),
  ];
});
const inAlerts = queriesIn(alerts(everything), "alerts");
const inDocument: Asked[] = writtenQueries().map(({ question, ...query }) => ({
  where: `evaluating-lgtm.md, ${question}`,
  ...query,
}));
const all = [...inDashboards, ...inDataSources, ...inAlerts, ...inDocument];

describe("every query", () => {
  it("is found, in each of the three languages", () => {
    expect(inDashboards.length).toBeGreaterThan(50);
    expect(inDataSources).toHaveLength(3);
    expect(inAlerts.length).toBeGreaterThan(10);
    expect(inDocument.length).toBeGreaterThan(20);
    for (const language of ["prometheus", "loki", "tempo"])
      expect(inDocument.map((one) => one.language)).toContain(language);
    expect(new Set(all.map(({ language }) => language))).toEqual(new Set(["prometheus", "loki", "tempo"]));
  });

  it.each(all.map((one): [string, Asked] => [one.where, one]))(
    "is one in its data source's language: %s",
    (where, { language, query }) => expect({ where, fault: faultIn(language, query) }).toEqual({ where }),
  );
});

describe("the queries of a document", () => {
  const markdown = [
    "### First",
    ...["```logql", '{a="b"}', "  | c", "```"],
    ...["```sumo", "| count", "```"],
    ...["### Second", "```traceql", "{ }", "```", "```promql", "up", "```"],
  ].join("\n");

  it("are its blocks in our languages, each with the heading above it", () => {
    expect(writtenQueries(markdown)).toEqual([
      { question: "First", language: "loki", query: '{a="b"}\n  | c' },
      { question: "Second", language: "tempo", query: "{ }" },
      { question: "Second", language: "prometheus", query: "up" },
    ]);
  });
});

describe("a query that counts failures", () => {
  const failures = /_(failed|refused|discarded)_/;
  const counting = inDashboards.filter(({ query }) => failures.test(query));

  it("is found", () => expect(counting.length).toBeGreaterThan(10));

  it.each(counting.map((one): [string, Asked] => [one.where, one]))(
    "has a value where none was counted yet, rather than an empty panel: %s",
    (_, { query }) => expect(query).toMatch(/ or (on\(\) vector\(0\)|0 \* )/),
  );
});

describe("a broken query", () => {
  it.each([
    ["prometheus", "sum(rate(up[1m])"],
    ["prometheus", "sum by service (up)"],
    ["loki", '{service_name="a" | detected_level="error"'],
    ["loki", "sum(count_over_time({a=b} [1m]))"],
    ["tempo", "{ kind = server && }"],
    ["tempo", "kind = server"],
  ] as const)("of %s is found: %s", (language, query) => {
    expect(faultIn(language, query)).toMatch(/<here>/);
  });

  it("is named with its dashboard and panel", () => {
    const [file, text] = Object.entries(dashboards(everything))[0]!;
    const broken = queriesIn(JSON.parse(text.replace("sum by (service)", "sum by service")), file);
    expect(broken.find(({ language, query }) => faultIn(language, query))?.where).toBe(
      "services.json, Services, Requests",
    );
  });
});

describe("the stack's own metrics", () => {
  const asked = new Set(
    all.filter(({ language }) => language === "prometheus").flatMap(({ query }) => metricsOf(query)),
  );
  const users = /^(traces_(spanmetrics|service_graph)_|http_server_|shop_|target_info$)/;

  it("that are asked for are kept where they are scraped", () => {
    const own = [...asked].filter((name) => !users.test(name));
    expect(own.filter((name) => !OWN_METRICS.includes(name))).toEqual([]);
  });

  it("that are kept are asked for", () => {
    expect(OWN_METRICS.filter((name) => !asked.has(name))).toEqual([]);
  });
});
