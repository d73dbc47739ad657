import { parseOptions } from "../../scripts/compare/options";

const NOW = Date.UTC(2026, 7, 20, 12, 0, 0);
const read = (...argv: string[]) => {
  const parsed = parseOptions(argv, NOW);
  return "options" in parsed ? { ...parsed.options, range: parsed.options.window(NOW) } : parsed;
};
const ago = (seconds: number) => NOW - seconds * 1000;

it.each<[string, string[], { fromMs: number; toMs: number }]>([
  ["the last 15 minutes that Tempo counts", [], { fromMs: ago(930), toMs: ago(30) }],
  ["so long a window", ["--window", "2h"], { fromMs: ago(7_230), toMs: ago(30) }],
  ["since so long ago", ["--since", "10m"], { fromMs: ago(600), toMs: ago(30) }],
  ["until so long ago", ["--until", "1h"], { fromMs: ago(4_500), toMs: ago(3_600) }],
  [
    "from a time to a time",
    ["--since", "2026-08-20T09:00:00Z", "--until", "2026-08-20T10:00:00Z"],
    { fromMs: ago(3 * 3_600), toMs: ago(2 * 3_600) },
  ],
  ["until now, which is as late as Tempo counts", ["--until", "10s"], { fromMs: ago(930), toMs: ago(30) }],
])("compares %s", (_, argv, range) => expect(read(...argv)).toMatchObject({ range }));

it.each<[string[], number | undefined]>([
  [[], undefined],
  [["--watch"], 15],
  [["--watch", "--json"], 15],
  [["--json", "--watch", "5"], 5],
  [["--watch=60"], 60],
])("with %j looks again every %s seconds", (argv, watchS) => {
  const watchEveryMs = watchS === undefined ? undefined : watchS * 1_000;
  expect(read(...argv)).toMatchObject({ watchEveryMs, json: argv.includes("--json") });
});

it.each([
  ["0s", 0],
  ["500ms", 0.5],
  ["2m", 120],
])("with a tolerance of %s takes sides that are %s s' worth apart as the same", (given, toleranceS) => {
  expect(read("--tolerance", given)).toMatchObject({ toleranceS });
});

it("goes on from each look's own moment while it watches", () => {
  const parsed = parseOptions(["--watch", "--window", "1m"], NOW);
  expect("options" in parsed && parsed.options.window(NOW + 60_000)).toEqual({
    fromMs: ago(30),
    toMs: ago(-30),
  });
});

it.each([
  [["--window", "15"], '--window cannot be "15"'],
  [["--window=-5m"], '--window cannot be "-5m"'],
  [["--window", "10s"], "The time to compare must be at least 30s long"],
  [["--since", "20s"], "The time to compare must be at least 30s long"],
  [["--window", "5m", "--since", "5m"], "--window and --since cannot go together"],
  [["--since", "yesterday"], '--since cannot be "yesterday"'],
  [["--since", "1h", "--until", "2h"], "The time to compare must be at least 30s long"],
  [["--until", "2026-08-20T12:30:00Z"], '--until cannot be "2026-08-20T12:30:00Z": it is still to come'],
  [["--watch", "--until", "1h"], "--watch and --until cannot go together"],
  [["--watch", "0"], '--watch cannot be "0"'],
  [["--watch", "soon"], '--watch cannot be "soon"'],
  [["--tolerance", "5"], '--tolerance cannot be "5"'],
])("refuses %j in one sentence", (argv, what) => {
  const parsed = read(...argv) as { fault?: string };
  expect(parsed.fault).toContain(what);
  expect(parsed.fault).toMatch(/; `npm run compare -- --help` lists the options\.$/);
});
