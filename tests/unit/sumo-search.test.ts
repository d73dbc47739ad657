import { Fault } from "../../scripts/lib/fault";
import { SearchFailed, SumoSearch } from "../../scripts/compare/sumo-search";
import { FakeHost } from "../helpers/fake-host";
import type { FakeAnswer } from "../helpers/fake-http";
import { ACCESS, FakeSumo } from "../helpers/fake-sumo";
import { ownEnvironment } from "../helpers/own-environment";
import { freePorts } from "../helpers/ports";

const PACE = { pollMs: 5, jobWithinMs: 200, retryMs: 5 };
const RANGE = { fromMs: 1_700_000_000_000, toMs: 1_700_000_060_000.4 };
const ROWS = [{ _count: "90", service: "a" }];
const GATHERING = { state: "GATHERING RESULTS" };
const DONE = { state: "DONE GATHERING RESULTS" };

ownEnvironment();
let sumo: FakeSumo;
beforeEach(async () => {
  sumo = await FakeSumo.start();
  sumo.find = () => ROWS;
});
afterEach(() => sumo.stop());

const search = (access = ACCESS, endpoint = sumo.endpoint) =>
  new SumoSearch({ endpoint, ...access }, PACE).records("_source=laptop | count by service", RANGE);

/** Answers so the first times. */
function first(times: number, answer: NonNullable<FakeAnswer>, what = /./): void {
  let left = times;
  sumo.override = ({ method, path }) => (what.test(`${method} ${path}`) && left-- > 0 ? answer : undefined);
}

it("makes a job, looks at it until it is done, reads its records and deletes it", async () => {
  sumo.states = [{ state: "NOT STARTED" }, GATHERING, GATHERING, DONE];
  expect(await search()).toEqual(ROWS);
  expect(sumo.searches).toEqual([
    {
      query: "_source=laptop | count by service",
      from: "1700000000000",
      to: "1700000060000",
      timeZone: "UTC",
    },
  ]);
  expect(sumo.asked).toEqual([
    "POST",
    ...Array<string>(4).fill("GET /job"),
    "GET /job/records",
    "DELETE /job",
  ]);
});

it("brings the cookies of each job's own: without, Sumo would not know it", async () => {
  const twice = new SumoSearch({ endpoint: sumo.endpoint, ...ACCESS }, PACE);
  for (let i = 0; i < 2; i++) expect(await twice.records("x | count", RANGE)).toEqual(ROWS);
});

it("asks by way of the proxy that the variables name", async () => {
  const proxy = await FakeHost.start();
  proxy.file = Buffer.from(JSON.stringify({ id: "job", ...DONE, records: ROWS.map((map) => ({ map })) }));
  process.env.HTTP_PROXY = proxy.url;
  expect(await search(ACCESS, "http://sumo.example").finally(() => proxy.stop())).toEqual(ROWS);
  expect(proxy.asked.join()).toContain("sumo.example");
});

it.each<[string, Record<string, unknown>, RegExp]>([
  ["is cancelled", { state: "CANCELLED" }, /ended as CANCELLED/],
  ["is paused for good", { state: "FORCE PAUSED" }, /ended as FORCE PAUSED/],
  ["is not done in time", GATHERING, /not done within 0\.2 s: ask for a shorter time/],
  [
    "has an error",
    { ...GATHERING, pendingErrors: ["Field service.name not found"] },
    /Sumo says: Field service\.name not found/,
  ],
])("says so of a job that %s, and deletes it", async (_, state, why) => {
  sumo.states = [GATHERING, state];
  await expect(search()).rejects.toThrow(SearchFailed);
  await expect(search()).rejects.toThrow(why);
  expect(sumo.asked.filter((one) => one === "DELETE /job")).toHaveLength(2);
  expect(sumo.asked).not.toContain("GET /job/records");
});

it("keeps what it has when the job cannot be deleted", async () => {
  first(9, { status: 500, body: "{}" }, /^DELETE/);
  expect(await search()).toEqual(ROWS);
});

describe("a request that Sumo puts off", () => {
  it.each([
    [429, { "retry-after": "0" }],
    [429, {}],
    [503, {}],
  ])("with %d and %j is made again", async (status, headers) => {
    first(2, { status, headers, body: "{}" });
    expect(await search()).toEqual(ROWS);
  });

  it("is made again after as long as Sumo says", async () => {
    first(1, { status: 429, headers: { "retry-after": "0.3" }, body: "{}" });
    const before = performance.now();
    await search();
    expect(performance.now() - before).toBeGreaterThan(290);
  });

  it("is given up in the end", async () => {
    const body = '{"status":429,"code":"rate.limit.exceeded"}';
    first(99, { status: 429, body });
    await expect(search()).rejects.toThrow(`Sumo answers 429 ${body}`);
    expect(sumo.asked).toHaveLength(6);
  });
});

describe("what a person can mend is one sentence, without the key", () => {
  it.each<[string, NonNullable<FakeAnswer>, RegExp]>([
    ["a closed account", { status: 403, body: "{}" }, /\(403\): it takes an Enterprise or trial account/],
    [
      "an account elsewhere",
      { status: 301, headers: { location: "https://api.eu.sumologic.com/api/v1/search/jobs" }, body: "" },
      /is at https:\/\/api\.eu\.sumologic\.com, not at .*: `pulumi config set --path sumoApi\.endpoint https:\/\/api\.eu\.sumologic\.com`/,
    ],
  ])("%s", async (_, answer, sentence) => {
    first(1, answer);
    const error = await search().catch((one: unknown) => one as Error);
    expect(error).toBeInstanceOf(Fault);
    expect((error as Error).message).toMatch(sentence);
  });

  it("an access that is refused, which is asked for once", async () => {
    const access = { ...ACCESS, accessKey: "another-key" };
    const error = (await search(access).catch((one: unknown) => one)) as Error;
    expect(error).toBeInstanceOf(Fault);
    expect(error.message).toMatch(
      /refuses the access \(401\): set sumoApi\.accessId and sumoApi\.accessKey anew/,
    );
    expect(error.message).not.toContain("another-key");
    expect(sumo.asked).toEqual(["POST"]);
  });

  it("nobody there", async () => {
    const [port] = await freePorts(1);
    const nowhere = `http://127.0.0.1:${port}`;
    const error = (await search(ACCESS, nowhere).catch((one: unknown) => one)) as Error;
    expect(error).toBeInstanceOf(Fault);
    expect(error.message).toBe(`Sumo's API does not answer at ${nowhere} (ECONNREFUSED).`);
  });
});

it("a search that Sumo cannot read is told with Sumo's words", async () => {
  first(1, { status: 400, body: '{"code":"searchjob.parse.error","message":"Unable to parse query."}' });
  await expect(search()).rejects.toThrow(/^Sumo answers 400 .*Unable to parse query\./);
});
