import { END, FakeCompare, LAST_10_MIN, MINUTE } from "../helpers/fake-compare";
import { FakeSumo } from "../helpers/fake-sumo";
import { ownEnvironment } from "../helpers/own-environment";

ownEnvironment();
const on = new FakeCompare();
const { compare, compareJson } = on;
beforeEach(() => on.start("stand-in"));
afterEach(() => on.stop());

describe("with Sumo", () => {
  let sumo: FakeSumo;
  /** What Sumo has of each service, by the field that it knows it by. */
  let has: Record<string, Record<string, number>>;
  const sumoKnows = () => ({ service: { a: 3_000, b: 3_000 }, "service.name": { a: 3_000, b: 3_000 } });
  beforeEach(async () => {
    await on.start("sumo");
    on.counts.steady(LAST_10_MIN);
    sumo = await FakeSumo.start();
    has = sumoKnows();
    sumo.find = ({ query }) => {
      const [, field] = /count by %"([\w.]+)"$/.exec(query) ?? [];
      if (field === undefined) return [{ _count: "6000" }];
      return Object.entries(has[field]!).map(([service, count]) => ({
        [field]: service,
        _count: String(count),
      }));
    };
  });
  afterEach(() => sumo.stop());

  it("and no access to its API goes by Alloy's counts, and says in one line what it did not check", async () => {
    const { code, lines } = await compare();
    expect(lines).toContainEqual(
      expect.stringMatching(/^The second path's counts are Alloy's, .* was not checked: set sumoApi/),
    );
    expect(code).toBe(0);
  });

  it("asks it by service for spans and log records, of the same time and of what is ours", async () => {
    const { code, lines } = await compare(["--window", "5m"], { sumo });
    expect(sumo.searches.map(({ query }) => query)).toEqual([
      '_index=_trace_spans _sourceCategory=laptop | count by %"service"',
      '_sourceCategory=laptop | count by %"service.name"',
    ]);
    for (const { from, to } of sumo.searches)
      expect([Number(from), Number(to)]).toEqual([END - 5 * MINUTE, END]);
    expect(lines.slice(2, 12)).toEqual([
      "signal service local second path Sumo has difference lag waiting",
      "spans all 6,000 6,000 6,000 0 0 s 0 B same",
      " a 3,000 - 3,000 0 same",
      " b 3,000 - 3,000 0 same",
      "log records all 6,000 6,000 6,000 0 0 s 0 B same",
      " a 3,000 - 3,000 0 same",
      " b 3,000 - 3,000 0 same",
      "metric points all 6,000 6,000 - 0 0 s 0 B same",
      " a 3,000 - - -",
      " b 3,000 - - -",
    ]);
    expect(lines).toContainEqual(expect.stringMatching(/^Of metrics Sumo tells values, not how many points/));
    expect(code).toBe(0);
  });

  it("finds the service whose spans Sumo took and does not have", async () => {
    has.service = { a: 3_000 };
    const { code, lines } = await compare(["--window", "5m"], { sumo });
    expect(lines).toContain("They DIFFER by more than 5 s' worth: spans, spans of b.");
    expect(code).toBe(1);
  });

  it("counts log records as a whole where Sumo does not know their services", async () => {
    sumo.states = [];
    let looks = 0;
    sumo.override = ({ method, path }) => {
      if (method !== "GET" || path.endsWith("/records")) return undefined;
      looks++;
      const isByField = sumo.searches.at(-1)!.query.includes("service.name");
      return {
        body: JSON.stringify(
          isByField
            ? { state: "GATHERING RESULTS", pendingErrors: ["Field service.name not found"] }
            : { state: "DONE GATHERING RESULTS" },
        ),
      };
    };
    const { code, row } = await compareJson(undefined, { sumo });
    expect(looks).toBe(3);
    expect(row("log records")).toMatchObject({ inSumo: 6_000, same: true });
    expect(row("log records", "a").inSumo).toBeUndefined();
    expect(row("spans", "a").inSumo).toBe(3_000);
    expect(code).toBe(0);
  });

  it("has no service where the account's fields have none", async () => {
    has["service.name"] = { "": 6_000 };
    const { row } = await compareJson(undefined, { sumo });
    expect(row("log records")).toMatchObject({ inSumo: 6_000, same: true });
    expect(row("log records", "a").inSumo).toBeUndefined();
  });

  it("that cannot tell is no 'same': exits 1, with what it said", async () => {
    sumo.states = [{ state: "CANCELLED" }];
    const { code, lines } = await compare([], { sumo });
    expect(lines).toContain("Sumo could not tell of spans: Sumo's search ended as CANCELLED.");
    expect(lines).toContain("What could be compared is the same, within 5 s' worth; 2 could NOT be.");
    expect(code).toBe(1);
  });

  it("that does not let us in is told in one sentence", async () => {
    sumo.override = () => ({ status: 401, body: "{}" });
    const { code, err, out } = await compare([], { sumo });
    expect(err).toMatch(/^compare: Sumo's API at .* refuses the access \(401\)/);
    expect([code, out]).toEqual([1, ""]);
  });

  it("is not asked while the second write goes to the stand-in", async () => {
    const { sent } = on.counts;
    await on.start("stand-in");
    on.counts.sent.push(...sent);
    expect((await compare([], { sumo })).code).toBe(0);
    expect(sumo.asked).toEqual([]);
  });
});
