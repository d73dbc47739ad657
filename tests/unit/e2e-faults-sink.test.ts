import { gzipSync } from "node:zlib";
import { accept, acceptAfter, inTurns, loseEvery, refuse, reset } from "../../scripts/e2e-faults/behaviour";
import { payload } from "../../scripts/e2e-faults/payload";
import { Sink } from "../../scripts/e2e-faults/sink";
import { waitUntil } from "../../scripts/lib/wait";

const RUN = "0badcafe";
let sink: Sink;
beforeEach(async () => (sink = await Sink.open("127.0.0.1")));
afterEach(() => sink.down());

async function post(from: number, { run = RUN, signal = AbortSignal.timeout(5_000), url = sink.url() } = {}) {
  const body = gzipSync(payload("logs", { run, from, timesUs: [1_700_000_000_000_000] }));
  const headers = { "content-encoding": "gzip" };
  return fetch(`${url}/v1/logs`, { method: "POST", headers, body, signal }).then(
    (answer) => answer,
    () => undefined,
  );
}

/** Waits until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  const look = () => Promise.resolve(isSo() ? undefined : "not so");
  expect(await waitUntil(look, { withinMs: 5_000, everyMs: 10 })).toBeUndefined();
}

function counts() {
  const { seen, unanswered } = sink.received(RUN);
  return [seen.logs.distinct, seen.logs.repeated, unanswered.logs];
}

it("counts every item of a run that is asked for, those that come again, and no one else's", async () => {
  sink.received(RUN);
  for (const from of [0, 1, 1]) expect((await post(from))?.status).toBe(200);
  await post(0, { run: "deadbeef" });
  expect(counts()).toEqual([6, 3, 0]);
  expect(sink.takeNotes()).toMatchObject({ answers: { "200": 4 }, payloads: { taken: 4 } });
});

it("takes nothing that it refuses", async () => {
  sink.received(RUN);
  sink.behaviour = refuse(429, { "retry-after": "5" });
  const answer = await post(0);
  expect([answer?.status, answer?.headers.get("retry-after")]).toEqual([429, "5"]);
  sink.behaviour = reset;
  expect(await post(0)).toBeUndefined();
  expect(counts()).toEqual([0, 0, 0]);
  expect(sink.takeNotes().answers).toEqual({ "429": 1, reset: 1 });
});

it("counts what it took and could not say so", async () => {
  sink.received(RUN);
  sink.behaviour = loseEvery(2);
  expect((await post(0))?.status).toBe(200);
  expect(await post(1)).toBeUndefined();
  expect(counts()).toEqual([6, 0, 3]);
});

it("counts what its sender did not wait for", async () => {
  sink.received(RUN);
  let isOver = false;
  sink.behaviour = async (exchange) => {
    await acceptAfter(300)(exchange);
    isOver = true;
  };
  const leaving = new AbortController();
  const posting = post(0, { signal: leaving.signal });
  await until(() => sink.received(RUN).seen.logs.distinct > 0);
  leaving.abort();
  expect(await posting).toBeUndefined();
  await until(() => isOver); // into the void
  expect(counts()).toEqual([3, 0, 3]);
  expect((await post(1))?.status).toBe(200);
  expect(counts()).toEqual([6, 0, 3]);
});

it("behaves in turns", async () => {
  const now = jest.spyOn(Date, "now").mockReturnValue(1_000_000);
  sink.behaviour = inTurns(150, refuse(503), accept);
  expect((await post(0))?.status).toBe(503);
  now.mockReturnValue(1_000_149);
  expect((await post(0))?.status).toBe(503);
  now.mockReturnValue(1_000_150);
  expect((await post(0))?.status).toBe(200);
  now.mockRestore();
});

it("has another address when it is told, and serves the former one still", async () => {
  sink.received(RUN);
  const former = sink.url();
  const paths: string[] = [];
  sink.behaviour = (exchange) => {
    paths.push(exchange.path);
    return accept(exchange);
  };
  sink.move();
  expect(sink.url()).not.toBe(former);
  for (const [from, url] of [former, sink.url()].entries())
    expect((await post(from, { url }))?.status).toBe(200);
  expect(paths).toEqual([new URL(former).pathname, new URL(sink.url()).pathname]);
  expect(counts()).toEqual([6, 0, 0]);
  expect(await post(0, { url: `${former}-elsewhere` })).toMatchObject({ status: 404 });
});

it("goes, and comes back at the same place", async () => {
  const url = sink.url();
  await sink.down();
  expect(await post(0)).toBeUndefined();
  await sink.up();
  expect(sink.url()).toBe(url);
  expect((await post(0))?.status).toBe(200);
});
