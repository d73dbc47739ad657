import { END, FakeCompare, LAST_10_MIN, MINUTE, NOW } from "../helpers/fake-compare";

const on = new FakeCompare();
const { compare, compareJson } = on;
beforeEach(() => on.start("stand-in"));
afterEach(() => on.stop());

describe("both sides having the same", () => {
  beforeEach(() => on.counts.steady(LAST_10_MIN));

  it("is told by signal, the local side by service too, and exits 0", async () => {
    const { code, lines, err } = await compare(["--window", "5m"]);
    expect(lines[0]).toMatch(
      /^From 2026-08-20 \d\d:55:00 to 2026-08-20 \d\d:00:00 \(5 min\), with the stand-in on/,
    );
    expect(lines.slice(2, 12)).toEqual([
      "signal service local second path difference lag waiting",
      "spans all 6,000 6,000 0 0 s 0 B same",
      " a 3,000 - -",
      " b 3,000 - -",
      "log records all 6,000 6,000 0 0 s 0 B same",
      " a 3,000 - -",
      " b 3,000 - -",
      "metric points all 6,000 6,000 0 0 s 0 B same",
      " a 3,000 - -",
      " b 3,000 - -",
    ]);
    expect(lines).toContain(
      "The stand-in counts signals, not services: of these only the local side is known.",
    );
    expect(lines).toContain("Both have the same, within 5 s' worth.");
    expect([code, err]).toEqual([0, ""]);
  });

  it("is told to a machine in one JSON document", async () => {
    const { code, told, row } = await compareJson();
    expect(told).toMatchObject({
      ok: true,
      from: "2026-08-20T11:55:00.000Z",
      to: "2026-08-20T12:00:00.000Z",
      destination: "stand-in",
      notKept: [],
      silences: [],
      restarts: [],
    });
    expect(row("log records")).toEqual({
      ...{ signal: "log records", local: 6_000, second: 6_000, difference: 0, same: true },
      path: { givenUp: 0, queuedBytes: 0, lagS: 0 },
    });
    expect(code).toBe(0);
  });

  it("is compared between two readings of the counters, and not later than Tempo counts what came", async () => {
    const { told, row } = await compareJson(["--window", "4m", "--until", "65s"]);
    expect([told.from, told.to]).toEqual(["2026-08-20T11:55:15.000Z", "2026-08-20T11:59:15.000Z"]);
    expect(row("spans")).toMatchObject({ local: 4_800, second: 4_800 });
    const upToNow = await compareJson(["--since", "2m"]);
    expect(upToNow.told.to).toBe("2026-08-20T12:00:00.000Z");
  });

  it("is counted over more than Tempo counts at once", async () => {
    on.counts.sent.length = 0;
    on.counts.steady({ fromMs: END - 250 * MINUTE, toMs: END - 249 * MINUTE });
    on.counts.steady({ fromMs: END - 2 * MINUTE, toMs: NOW });
    const { row } = await compareJson(["--window", "4h"]);
    expect(row("spans").local).toBe(2_400);
    const longer = await compareJson(["--window", "5h"]);
    expect(longer.row("spans").local).toBe(3_600);
  });

  it("leaves out what the stack tells of itself and what Tempo and Mimir make of the rest", async () => {
    await compare();
    expect(on.counts.asked.filter((query) => /count_over_time\(\{/.test(query))).toEqual([
      expect.stringContaining('{service_name=~".+", job=""}'),
      expect.stringMatching(/__name__!="target_info", job!~"watchtower\/\.\+", source!="tempo"/),
    ]);
  });

  it("counts a histogram as the one point that it is", async () => {
    on.counts.metricNames = ["a_seconds_bucket", "a_seconds_sum", "a_seconds_count"];
    expect((await compareJson()).row("metric points")).toMatchObject({ local: 6_000, difference: 0 });
  });

  it.each([
    ["orders_sum", "orders_bucket"],
    ["orders", "orders_count"],
  ])("but %s and %s as two, which are only named like parts of one", async (...names) => {
    on.counts.metricNames = names;
    expect((await compareJson()).row("metric points").local).toBe(12_000);
  });

  it("names telemetry of no service", async () => {
    on.counts.sent.push({ atMs: END - 1, items: "log_records", count: 3, takenMs: END - 1 });
    expect((await compareJson()).row("log records", "(unnamed)").local).toBe(3);
  });
});

describe("counters", () => {
  beforeEach(() => on.counts.steady(LAST_10_MIN));

  it("that began anew within the time are followed, and what they lost is told of", async () => {
    on.counts.restartedMs = END - 3 * MINUTE + 1; // just after they were read
    const { told, row } = await compareJson();
    expect(row("spans")).toMatchObject({ second: 6_000, same: true });
    expect(told.restarts).toEqual(["2026-08-20T11:57:15.000Z"]);
    expect((await compare(["--window", "5m"])).lines).toContainEqual(
      expect.stringMatching(/^The stand-in was started anew before .*:57:15: up to 15 s of .* are lost\.$/),
    );
  });

  it("of a pod that took another's place count, too", async () => {
    const { sent } = on.counts;
    await on.start("sumo");
    on.counts.sent.push(...sent);
    on.counts.replacedMs = END - 2 * MINUTE + 1;
    const { told, row } = await compareJson();
    expect(row("spans")).toMatchObject({ second: 6_000, same: true });
    expect(told.restarts).toEqual(["2026-08-20T11:58:15.000Z"]);
  });

  it("that were read only later are compared from then on", async () => {
    on.counts.unread = { fromMs: END - 8 * MINUTE, toMs: END - 4 * MINUTE };
    const { told, row } = await compareJson();
    expect(told.from).toBe("2026-08-20T11:56:00.000Z");
    expect(row("spans")).toMatchObject({ local: 4_800, second: 4_800 });
  });

  it("that were never read then are no 0, but a fault", async () => {
    const { code, err } = await compare([
      "--since",
      "2026-08-19T10:00:00Z",
      "--until",
      "2026-08-19T11:00:00Z",
    ]);
    expect(err).toMatch(/^compare: Mimir has no count of watchtower\/sumo-stand-in within that time: /);
    expect(code).toBe(1);
  });
});
