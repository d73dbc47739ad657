import * as pulumi from "@pulumi/pulumi";
import { run } from "../../scripts/compare/run";
import type { Comparison, Row } from "../../scripts/compare/comparison";
import type { Stack } from "../../scripts/lib/stack";
import type { Settings } from "../../settings";
import { FakeCounts, ITEM_BYTES } from "../helpers/fake-counts";
import { FakeStack } from "../helpers/fake-stack";
import { ACCESS, FakeSumo } from "../helpers/fake-sumo";
import { Memory } from "../helpers/memory";

/** A full quarter of a minute, so that counters are read at the ends of whole minutes. */
const NOW = Date.UTC(2026, 7, 20, 12, 0, 30);
const END = NOW - 30_000;
const MINUTE = 60_000;
const LAST_10_MIN = { fromMs: END - 10 * MINUTE, toMs: NOW };

let fake: FakeStack;
let counts: FakeCounts;
beforeEach(() => with_("stand-in"));
afterEach(() => fake.stop());

async function with_(destination: "stand-in" | "sumo") {
  fake?.stop();
  fake = await FakeStack.start(destination);
  counts = new FakeCounts(destination);
  fake.override = counts.answer;
}

interface Around {
  changes?: Partial<Stack>;
  sumo?: FakeSumo;
  looks?: number;
}

async function compare(argv: string[] = [], { changes, sumo, looks }: Around = {}) {
  const [out, err] = [new Memory(), new Memory()];
  const sumoApi = sumo && {
    endpoint: sumo.endpoint,
    scope: "_sourceCategory=laptop",
    accessId: pulumi.secret(ACCESS.accessId),
    accessKey: pulumi.secret(ACCESS.accessKey),
  };
  const code = await run(argv, {
    out,
    err,
    looks,
    now: () => NOW,
    findStack: () => Promise.resolve({ ...fake.stack, ...changes }),
    readSettings: () => Promise.resolve({ sumoApi } as Settings),
    sumoPace: { pollMs: 1, jobWithinMs: 100, retryMs: 1 },
  });
  return {
    code,
    out: out.text,
    err: err.text,
    lines: out.text.split("\n").map((line) => line.replace(/ {2,}/g, " ")),
  };
}

type Told = Omit<Comparison, "range" | "same" | "silences" | "restarts"> & {
  ok: boolean;
  from: string;
  to: string;
  restarts: string[];
};

async function compareJson(argv: string[] = ["--window", "5m"], around: Around = {}) {
  const { code, out, err } = await compare(["--json", ...argv], around);
  expect(err).toBe("");
  const told = JSON.parse(out) as Told;
  const row = (signal: string, service?: string) =>
    told.rows.find((one) => one.signal === signal && one.service === service) as Row;
  return { code, told, row };
}

describe("both sides having the same", () => {
  beforeEach(() => counts.steady(LAST_10_MIN));

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
    counts.sent.length = 0;
    counts.steady({ fromMs: END - 250 * MINUTE, toMs: END - 249 * MINUTE });
    counts.steady({ fromMs: END - 2 * MINUTE, toMs: NOW });
    const { row } = await compareJson(["--window", "4h"]);
    expect(row("spans").local).toBe(2_400);
    const longer = await compareJson(["--window", "5h"]);
    expect(longer.row("spans").local).toBe(3_600);
  });

  it("leaves out what the stack tells of itself and what Tempo and Mimir make of the rest", async () => {
    await compare();
    expect(counts.asked.filter((query) => /count_over_time\(\{/.test(query))).toEqual([
      expect.stringContaining('{service_name=~".+", job=""}'),
      expect.stringMatching(/__name__!="target_info", job!~"watchtower\/\.\+", source!="tempo"/),
    ]);
  });

  it("counts a histogram as the one point that it is", async () => {
    counts.metricNames = ["a_seconds_bucket", "a_seconds_sum", "a_seconds_count"];
    expect((await compareJson()).row("metric points")).toMatchObject({ local: 6_000, difference: 0 });
  });

  it.each([
    ["orders_sum", "orders_bucket"],
    ["orders", "orders_count"],
  ])("but %s and %s as two, which are only named like parts of one", async (...names) => {
    counts.metricNames = names;
    expect((await compareJson()).row("metric points").local).toBe(12_000);
  });

  it("names telemetry of no service", async () => {
    counts.sent.push({ atMs: END - 1, items: "log_records", count: 3, takenMs: END - 1 });
    expect((await compareJson()).row("log records", "(unnamed)").local).toBe(3);
  });
});

describe("counters", () => {
  beforeEach(() => counts.steady(LAST_10_MIN));

  it("that began anew within the time are followed, and what they lost is told of", async () => {
    counts.restartedMs = END - 3 * MINUTE + 1; // just after they were read
    const { told, row } = await compareJson();
    expect(row("spans")).toMatchObject({ second: 6_000, same: true });
    expect(told.restarts).toEqual(["2026-08-20T11:57:15.000Z"]);
    expect((await compare(["--window", "5m"])).lines).toContainEqual(
      expect.stringMatching(/^The stand-in was started anew before .*:57:15: up to 15 s of .* are lost\.$/),
    );
  });

  it("of a pod that took another's place count, too", async () => {
    const { sent } = counts;
    await with_("sumo");
    counts.sent.push(...sent);
    counts.replacedMs = END - 2 * MINUTE + 1;
    const { told, row } = await compareJson();
    expect(row("spans")).toMatchObject({ second: 6_000, same: true });
    expect(told.restarts).toEqual(["2026-08-20T11:58:15.000Z"]);
  });

  it("that were read only later are compared from then on", async () => {
    counts.unread = { fromMs: END - 8 * MINUTE, toMs: END - 4 * MINUTE };
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

describe("a second path that did not take all", () => {
  /** Loses, or takes late, what was sent of a signal within a time. */
  function hold(items: string, fromMs: number, toMs: number, takenMs = Infinity): number {
    const held = counts.sent.filter((one) => one.items === items && one.atMs >= fromMs && one.atMs < toMs);
    for (const one of held) one.takenMs = takenMs;
    return held.reduce((sum, { count }) => sum + count, 0);
  }
  beforeEach(() => counts.steady(LAST_10_MIN));

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
    counts.sent.push({ atMs: END - 9 * MINUTE, items: "spans", count: 500, takenMs: END - MINUTE });
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
    counts.givenUp = [
      { atMs: END - 9 * MINUTE, count: 5 },
      { atMs: END - MINUTE, count: 1_200 },
    ];
    const { lines } = await compare(["--window", "5m"]);
    expect(lines).toContainEqual(expect.stringMatching(/^1,200 spans were given up: refused for good/));
  });

  it("says when it did not run", async () => {
    counts.off = { fromMs: END - 4 * MINUTE, toMs: END - 2 * MINUTE };
    hold("spans", counts.off.fromMs, counts.off.toMs);
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
      /^compare: The second write is off, so .*sumoEnabled true/,
    ],
    [
      "there is no Alloy",
      { components: ["mimir", "grafana"], sumoDestination: "off" },
      /^compare: This stack runs without alloy: `npm run up -- mimir grafana alloy` adds it\.$/m,
    ],
    ["there is no Grafana", { grafana: undefined }, /^compare: This stack runs .*through grafana: add them/],
    ["there is no Mimir", { components: ["tempo", "grafana", "alloy"] }, /reads the counts in mimir/],
  ])("because %s says so in one sentence, and exits 1", async (_, changes, sentence) => {
    const { code, out, err } = await compare([], { changes });
    expect(err).toMatch(sentence);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect([code, out]).toEqual([1, ""]);
    const asJson = await compare(["--json"], { changes });
    expect(JSON.parse(asJson.out)).toEqual({ ok: false, error: expect.stringMatching(/\w/) as string });
  });

  it("because a backend does not answer names it", async () => {
    counts.steady(LAST_10_MIN);
    fake.override = (uid, request) =>
      uid === "loki" ? { status: 502, body: "bad gateway" } : counts.answer(uid, request);
    expect((await compare()).err).toBe(
      "compare: Loki does not tell what it has: it answers 502 bad gateway.\n",
    );
  });
});

it("leaves out a signal that this stack has no backend for, and says so", async () => {
  counts.steady(LAST_10_MIN);
  const { code, out, lines } = await compare([], {
    changes: { components: ["tempo", "mimir", "grafana", "alloy"] },
  });
  expect(out).not.toMatch(/^log records/m);
  expect(lines).toContain("No log records are compared: this stack keeps none.");
  expect(code).toBe(0);
});

describe("--watch", () => {
  beforeEach(() => counts.steady(LAST_10_MIN));

  it("looks again and again, a line of JSON each time, and goes by the last look", async () => {
    let looks = 0;
    fake.override = (uid, request) => {
      if (uid === "tempo" && ++looks === 2) counts.sent.length = 0;
      return counts.answer(uid, request);
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
    fake.override = (uid, request) => {
      if (uid === "tempo" && ++looks === 2) return { status: 502, body: "" };
      return counts.answer(uid, request);
    };
    const { code, lines } = await compare(["--watch", "1"], { looks: 3 });
    expect(lines.filter((line) => /^Both have the same/.test(line))).toHaveLength(2);
    expect(lines).toContain("Tempo does not tell what it has: it answers 502.");
    expect(code).toBe(0);
  }, 10_000);
});

describe("with Sumo", () => {
  let sumo: FakeSumo;
  /** What Sumo has of each service, by the field that it knows it by. */
  let has: Record<string, Record<string, number>>;
  const sumoKnows = () => ({ service: { a: 3_000, b: 3_000 }, "service.name": { a: 3_000, b: 3_000 } });
  beforeEach(async () => {
    await with_("sumo");
    counts.steady(LAST_10_MIN);
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
    const { sent } = counts;
    await with_("stand-in");
    counts.sent.push(...sent);
    expect((await compare([], { sumo })).code).toBe(0);
    expect(sumo.asked).toEqual([]);
  });
});
