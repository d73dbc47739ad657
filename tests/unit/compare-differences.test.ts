import type { Stack } from "../../scripts/lib/stack";
import { END, FakeCompare, type Told, LAST_10_MIN, MINUTE, NOW } from "../helpers/fake-compare";
import { ITEM_BYTES } from "../helpers/fake-counts";

const on = new FakeCompare();
const { compare, compareJson } = on;
beforeEach(() => on.start("stand-in"));
afterEach(() => on.stop());

describe("a second path that did not take all", () => {
  /** Loses, or takes late, what was sent of a signal within a time. */
  function hold(items: string, fromMs: number, toMs: number, takenMs = Infinity): number {
    const held = on.counts.sent.filter((one) => one.items === items && one.atMs >= fromMs && one.atMs < toMs);
    for (const one of held) one.takenMs = takenMs;
    return held.reduce((sum, { count }) => sum + count, 0);
  }
  beforeEach(() => on.counts.steady(LAST_10_MIN));

  it("differs by exactly what it lost, and exits 1", async () => {
    const lost = hold("log_records", END - 4 * MINUTE, END - 3 * MINUTE);
    const { code, told, row } = await compareJson();
    expect(row("log records")).toMatchObject({ difference: lost, same: false });
    expect(row("spans").same).toBe(true);
    expect([code, told.ok]).toEqual([1, false]);
    expect((await compare(["--window", "5m"])).lines).toContain(
      "They DIFFER by more than 5 s' worth: log records.",
    );
  });

  it("is the same up to what came in within the tolerance, and no further", async () => {
    const lost = hold("spans", END - 2 * MINUTE, END - 2 * MINUTE + 5_000);
    expect(lost).toBe(100);
    expect((await compareJson()).code).toBe(0);
    expect((await compareJson(["--window", "5m", "--tolerance", "4s"])).row("spans")).toMatchObject({
      difference: lost,
      same: false,
    });
  });

  it("that has more differs, too", async () => {
    on.counts.sent.push({ atMs: END - 9 * MINUTE, items: "spans", count: 500, takenMs: END - MINUTE });
    expect((await compareJson()).row("spans")).toMatchObject({ difference: -500, same: false });
  });

  it("says how much waits, and how old the oldest of it is", async () => {
    const held = hold("spans", END - 90_000, NOW);
    const { row } = await compareJson();
    expect(row("spans").path).toEqual({
      givenUp: 0,
      queuedBytes: held * ITEM_BYTES,
      lagS: expect.closeTo(120, -1) as number,
    });
    expect(row("log records").path).toMatchObject({ queuedBytes: 0, lagS: 0 });
    const { lines } = await compare(["--window", "5m"]);
    expect(lines).toContainEqual(expect.stringMatching(/^spans all .* 121 s 240\.0 kB DIFFERS$/));
  });

  it("says so when the oldest is older than the time", async () => {
    hold("spans", END - 10 * MINUTE, NOW);
    const { lines } = await compare(["--window", "5m"]);
    expect(lines).toContainEqual(expect.stringMatching(/^spans all .* over 5 min 1\.3 MB DIFFERS$/));
  });

  it("says what it has given up", async () => {
    hold("spans", END - 2 * MINUTE, END - MINUTE);
    on.counts.givenUp = [
      { atMs: END - 9 * MINUTE, count: 5 },
      { atMs: END - MINUTE, count: 1_200 },
    ];
    const { lines } = await compare(["--window", "5m"]);
    expect(lines).toContainEqual(expect.stringMatching(/^1,200 spans were given up: refused for good/));
  });

  it("says when it did not run", async () => {
    on.counts.off = { fromMs: END - 4 * MINUTE, toMs: END - 2 * MINUTE };
    hold("spans", on.counts.off.fromMs, on.counts.off.toMs);
    const { lines } = await compare(["--window", "5m"]);
    expect(lines).toContainEqual(
      expect.stringMatching(/^The second path did not run, or nobody counted, from .*:55:45 to .*:58:00\.$/),
    );
  });
});

describe("a stack that cannot be compared", () => {
  it.each<[string, Partial<Stack>, RegExp]>([
    [
      "the second write is off",
      { sumoDestination: "off" },
      /^compare: The second write is off, so .*: `npm run sumo -- on` switches it on\.$/m,
    ],
    [
      "there is no Alloy",
      { components: ["mimir", "grafana"], sumoDestination: "off" },
      /^compare: This stack runs without alloy: `npm run up -- mimir grafana alloy` adds it\.$/m,
    ],
    [
      "there is no Grafana",
      { components: ["mimir", "alloy"], grafana: undefined },
      /^compare: This stack runs without grafana: `npm run up -- mimir alloy grafana` adds it\.$/m,
    ],
    [
      "there is no Mimir",
      { components: ["tempo", "grafana", "alloy"] },
      /^compare: This stack runs without mimir: `npm run up -- tempo grafana alloy mimir` adds it\.$/m,
    ],
  ])("because %s says so in one sentence, and exits 1", async (_, changes, sentence) => {
    const { code, out, err } = await compare([], { changes });
    expect(err).toMatch(sentence);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect([code, out]).toEqual([1, ""]);
    const asJson = await compare(["--json"], { changes });
    expect(JSON.parse(asJson.out)).toEqual({ ok: false, error: expect.stringMatching(/\w/) as string });
  });

  it("because a backend does not answer names it", async () => {
    on.counts.steady(LAST_10_MIN);
    on.fake.override = (uid, request) =>
      uid === "loki" ? { status: 502, body: "bad gateway" } : on.counts.answer(uid, request);
    expect((await compare()).err).toBe(
      "compare: Loki does not tell what it has: it answers 502 bad gateway.\n",
    );
  });
});

it("leaves out a signal that this stack has no backend for, and says so", async () => {
  on.counts.steady(LAST_10_MIN);
  const { code, out, lines } = await compare([], {
    changes: { components: ["tempo", "mimir", "grafana", "alloy"] },
  });
  expect(out).not.toMatch(/^log records/m);
  expect(lines).toContain("No log records are compared: this stack keeps none.");
  expect(code).toBe(0);
});

describe("--watch", () => {
  beforeEach(() => on.counts.steady(LAST_10_MIN));

  it("looks again and again, a line of JSON each time, and goes by the last look", async () => {
    let looks = 0;
    on.fake.override = (uid, request) => {
      if (uid === "tempo" && ++looks === 2) on.counts.sent.length = 0;
      return on.counts.answer(uid, request);
    };
    const { code, out } = await compare(["--watch", "1", "--json"], { looks: 2 });
    const told = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Told);
    expect(told.map(({ ok }) => ok)).toEqual([true, false]);
    expect(code).toBe(1);
  });

  it("goes on while something is down", async () => {
    let looks = 0;
    on.fake.override = (uid, request) => {
      if (uid === "tempo" && ++looks === 2) return { status: 502, body: "" };
      return on.counts.answer(uid, request);
    };
    const { code, lines } = await compare(["--watch", "1"], { looks: 3 });
    expect(lines.filter((line) => /^Both have the same/.test(line))).toHaveLength(2);
    expect(lines).toContain("Tempo does not tell what it has: it answers 502.");
    expect(code).toBe(0);
  }, 10_000);
});
