import { sumOf, parseMetrics } from "../../scripts/lib/prometheus";
import { waitUntil } from "../../scripts/lib/wait";
import { type Config } from "../helpers/real-backends";
import { MimirRoles, type Role } from "../helpers/mimir-roles";
import { toRender } from "../helpers/releases";
import { describeWith, program } from "../helpers/tools";

const SLOW_MS = 120_000;
const SOON = { withinMs: 30_000, everyMs: 250 };

const HOUR_MS = 3_600_000;
const SAMPLE_EVERY_MS = 120_000;
/** What an ingester makes a block of, and what the compactor makes one of at first. */
const [BLOCK_MS, COMPACTED_MS] = [2 * HOUR_MS, 12 * HOUR_MS];
const [KEPT, KEPT_THEN] = [{ retention: { metrics: 7 * 24 } }, { retention: { metrics: 72 } }];

/** Blocks wait for this before they are compacted, until a test wants it. */
const LATER: Config = { compactor: { first_level_compaction_wait_period: "1h" } };
const AT_ONCE: Config = { compactor: { deletion_delay: "1s" } };

const NOW_MS = Date.now();
/** Hours before now that samples are of, three blocks' worth from each of the first two: older than KEPT_THEN, and not. */
const OLD = threeBlocksFrom(84);
const YOUNGER = threeBlocksFrom(40);
/** In one block, and young enough that Mimir by itself would leave it to ingesters. */
const RECENT = samplesFrom(Math.floor((NOW_MS - 3 * HOUR_MS) / BLOCK_MS) * BLOCK_MS, HOUR_MS);
const ALL = [...OLD, ...YOUNGER, ...RECENT];

/** Times of samples in three blocks of one time that the compactor makes one block of. */
function threeBlocksFrom(hoursAgo: number): number[] {
  const fromMs = Math.floor((NOW_MS - hoursAgo * HOUR_MS) / COMPACTED_MS) * COMPACTED_MS;
  return samplesFrom(fromMs, 3 * BLOCK_MS);
}

function samplesFrom(fromMs: number, lengthMs: number): number[] {
  return Array.from({ length: lengthMs / SAMPLE_EVERY_MS }, (_, i) => fromMs + i * SAMPLE_EVERY_MS);
}

describeWith([program("mimir"), ...toRender("mimir")], "the real Mimir, by its chart's values", () => {
  let mimir: MimirRoles;

  beforeAll(async () => {
    mimir = await MimirRoles.prepare();
    await mimir.start("ingester", { variant: KEPT }); // for the others to join at their first try
    const roles: Role[] = ["distributor", "store-gateway", "querier"];
    await Promise.all(roles.map((role) => mimir.start(role, { variant: KEPT })));
    for (const times of [OLD, YOUNGER, RECENT]) await push(times);
  }, SLOW_MS);
  afterAll(() => mimir.remove());

  async function push(timesMs: number[]): Promise<void> {
    const dataPoints = timesMs.map((ms) => ({ timeUnixNano: `${ms}000000`, asDouble: ms }));
    const metrics = [{ name: "numbered", gauge: { dataPoints } }];
    const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
    const headers = { "content-type": "application/json" };
    // Who is ready may not have heard of the others yet.
    await until(async () => {
      const answer = await mimir.ask("distributor", "/otlp/v1/metrics", { method: "POST", headers, body });
      return answer.ok ? undefined : await answer.text();
    });
  }

  /** Times of the samples that a query finds. */
  async function found(): Promise<number[]> {
    const query = new URLSearchParams({ query: "numbered[7d]", time: String(NOW_MS / 1_000) });
    const answer = await mimir.ask("querier", `/prometheus/api/v1/query?${query.toString()}`);
    const said = await answer.text();
    if (!answer.ok) throw new Error(said);
    const { data } = JSON.parse(said) as { data: { result: { values: [number, string][] }[] } };
    return data.result.flatMap(({ values }) => values.map(([, value]) => Number(value)));
  }

  /** Has a querier look which blocks there are, as another does each minute. */
  async function foundAnew(times: number[]): Promise<void> {
    await mimir.stop("querier");
    await mimir.start("querier", { variant: KEPT });
    await foundAll(times);
  }

  /** Waits until a query finds these samples, and looks that it finds nothing else. */
  async function foundAll(times: number[]): Promise<void> {
    await until(async () => {
      const missing = new Set(times);
      for (const time of await found()) missing.delete(time);
      return missing.size > 0 ? `${missing.size} of ${times.length} samples are missing` : undefined;
    });
    expect((await found()).sort()).toEqual([...times].sort());
  }

  async function restartCompactor(variant: typeof KEPT, changes: Config): Promise<void> {
    await mimir.stop("compactor");
    await mimir.start("compactor", { variant, changes });
  }

  async function counted(role: Role, metric: string): Promise<number> {
    return sumOf(parseMetrics(await (await mimir.ask(role, "/metrics")).text()), metric);
  }

  async function until(missing: () => Promise<string | undefined>): Promise<void> {
    const stuck = await waitUntil(missing, SOON);
    if (stuck !== undefined) throw new Error(stuck);
  }

  const levels = () => mimir.blocks.map(({ level }) => level);

  it("finds samples of any age in its ingester", () => foundAll(ALL), SLOW_MS);

  it(
    "finds them in the shared blocks after the ingester has lost its disk",
    async () => {
      expect((await mimir.ask("ingester", "/ingester/flush?wait=true", { method: "POST" })).ok).toBe(true);
      expect(levels()).toEqual([1, 1, 1, 1, 1, 1, 1]);
      await mimir.stop("ingester");
      mimir.emptyDisk("ingester");
      await mimir.start("ingester", { variant: KEPT });
      expect(await counted("ingester", "cortex_ingester_memory_series")).toBe(0);
      await foundAll([]); // nobody has listed the blocks yet

      await restartCompactor(KEPT, LATER);
      await foundAnew(ALL);
      expect(levels()).toHaveLength(7); // not compacted so far
    },
    SLOW_MS,
  );

  it(
    "makes one block of several, deletes those, and finds all samples still",
    async () => {
      await restartCompactor(KEPT, AT_ONCE);
      await until(() => {
        const left = levels().join();
        return Promise.resolve(left === "2,2,1" ? undefined : `blocks are of levels ${left}`);
      });
      expect(await counted("compactor", "cortex_compactor_group_compactions_total")).toBeGreaterThan(0);
      await foundAnew(ALL);
    },
    SLOW_MS,
  );

  it(
    "deletes what is older than the retention, and nothing else",
    async () => {
      await restartCompactor(KEPT_THEN, AT_ONCE);
      const kept = NOW_MS - KEPT_THEN.retention.metrics * HOUR_MS;
      await until(() => {
        const older = mimir.blocks.filter(({ maxTimeMs }) => maxTimeMs < kept).length;
        return Promise.resolve(older > 0 ? `${older} older blocks are there` : undefined);
      });
      expect(await counted("compactor", "cortex_compactor_blocks_cleaned_total")).toBeGreaterThan(0);
      await foundAnew([...YOUNGER, ...RECENT]);
    },
    SLOW_MS,
  );
});
