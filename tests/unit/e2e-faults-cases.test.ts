import { CASES } from "../../scripts/e2e-faults/cases";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import type { Bench, Case } from "../../scripts/e2e-faults/case";
import { faultsOf } from "../../scripts/e2e-faults/judge";
import { runCase } from "../../scripts/e2e-faults/run-case";
import { Interrupted } from "../../scripts/e2e-faults/case-bench";
import { FakeRig, SOON } from "../helpers/fake-faults";

let fake: FakeRig;
beforeEach(async () => (fake = await FakeRig.start()));
afterEach(async () => {
  fake.ended.abort();
  await fake.stop();
});

function named(name: string): Case {
  return CASES.find((one) => one.name === name)!;
}

async function run(name: string) {
  const outcome = await runCase(named(name), fake.rig, SOON);
  return { outcome, faults: faultsOf(named(name), outcome) };
}

it("names each case once, and says in a sentence what it does", () => {
  const names = CASES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { does } of CASES) expect(does).toMatch(/^[A-Z].*\.$/);
});

describe("a case", () => {
  it("passes where nothing is lost, and its end is back", async () => {
    const { outcome, faults } = await run("sink-down");
    expect(faults).toEqual([]);
    expect(outcome.acknowledged.traces).toBeGreaterThan(9 * 30);
    expect(outcome.second.answers).toHaveProperty("200");
    expect(fake.asked.at(-1)).toBe("put back");
  });

  it.each(["traces", "logs", "metrics"] as const)("is missed when a backend loses %s", async (signal) => {
    fake.backends.loses.set(signal, new Set([3]));
    const { faults } = await run("sink-429");
    expect(faults).toEqual([
      expect.stringMatching(new RegExp(`^\\d ${signal} lost locally$`)) as string,
      "the local side never had all that was sent before the mend",
    ]);
  });

  it("is missed when samples that had been found went with the ingester's disk", async () => {
    fake.sharesBlocks = false;
    const { faults } = await run("mimir-ingester-disk-lost");
    expect(faults).toContainEqual(expect.stringMatching(/^\d+ metrics lost locally$/));
  });

  it("is missed when everything is written to the backends twice", async () => {
    fake.copies.local = 2;
    const { faults } = await run("sink-429");
    expect(faults.map((fault) => fault.replace(/\d+/, "n"))).toEqual([
      "n traces delivered twice locally",
      "n logs delivered twice locally",
      "n metrics delivered twice locally",
    ]);
  });

  it("is missed when a backend has read what nobody knows to have been sent again", async () => {
    const reading = run("sink-429");
    await fake.until(() => fake.took > 0);
    fake.backends.count("received traces", 7);
    expect((await reading).faults).toEqual(["7 traces repeated locally"]);
  });

  it("tells what somebody else sent, and counts nothing of it", async () => {
    const sharing = run("sink-429");
    await fake.until(() => fake.took > 0);
    for (const name of ["accepted logs", "sent logs", "received logs"] as const) fake.backends.count(name, 8);
    const { outcome, faults } = await sharing;
    expect(outcome.company).toEqual({ traces: 0, logs: 8, metrics: 0 });
    expect(faults).toEqual([]);
  });

  it("is missed when the second path has less, or more, than was sent", async () => {
    fake.copies.second = 0;
    expect((await run("sink-slow")).faults).toContainEqual(expect.stringMatching(/lost on the second path/));
    fake.copies.second = 2;
    expect((await run("sink-slow")).faults).toContainEqual(expect.stringMatching(/repeated on the second/));
  });

  it("is missed when a backend discards, or is started anew unasked", async () => {
    const discarding = run("sink-429");
    await fake.until(() => fake.took > 0);
    fake.backends.count("discarded logs", 4);
    fake.containers = fake.containers.replace(/1$/, "2");
    expect((await discarding).faults).toEqual([
      "4 logs discarded by the backend",
      "tempo was started anew 1 times",
    ]);
  });

  it("is missed when a sender hears of it", async () => {
    fake.answers = (attempt) =>
      attempt === 4 ? { retryable: true, said: "gRPC 14 sending queue is full", unanswered: false } : "taken";
    expect((await run("sink-down")).faults).toEqual(["senders were told: gRPC 14 sending queue is full"]);
  });

  it("allows repeats where an answer was lost, and knows how many there may be", async () => {
    const { outcome, faults } = await run("answer-lost");
    expect(outcome.second.repeated.traces).toBeGreaterThan(0);
    expect(faults).toEqual([]);
  });

  it("allows what a refusal costs where Alloy counts it", async () => {
    const { outcome, faults } = await run("sink-401-then-repaired");
    expect(outcome.second.lost.traces).toBeGreaterThan(0);
    expect(outcome.second.lost).toEqual(outcome.second.dropped);
    expect(faults).toEqual([]);
  });

  it("need not have on the second path what was made while that was off", async () => {
    fake.toggles = 2;
    const { outcome, faults } = await run("toggle-off-on");
    expect(faults).toEqual([]);
    expect(outcome.remarks).toEqual([
      "switched off 2 times, in effect 1.0 s to 2.0 s after up",
      "switched on 2 times, in effect 1.0 s to 2.0 s after up",
    ]);
  }, 30_000);

  it("has to have there what was made while it was on again", async () => {
    fake.losesWhenOn = true;
    const { faults } = await run("toggle-off-on");
    expect(faults).toContainEqual(expect.stringMatching(/traces lost on the second path/));
  }, 30_000);

  it("is missed when Retry-After is not heeded", async () => {
    fake.obeysRetryAfter = false;
    expect((await run("sink-429")).faults).toEqual([
      expect.stringMatching(/^Alloy was told \d+ times to wait, and by Retry-After 30 times are due$/),
    ]);
  });

  it("finds what comes by the new address, and what hung at the former one", async () => {
    const { outcome, faults } = await run("endpoint-changed-while-hanging");
    expect(faults).toEqual([]);
    expect(outcome.remarks).toEqual([expect.stringMatching(/^a sender's longest attempt took \d+ ms$/)]);
    expect(fake.asked.slice(0, 2)).toEqual(["set endpoint", "up"]);
  }, 30_000);

  it("numbers large items like all others", async () => {
    const { outcome, faults } = await run("one-large-item");
    expect(faults).toEqual([]);
    expect(outcome.second.payloads.maxBytes).toBeGreaterThan(3_000_000);
  }, 15_000);

  it.each([
    [1_000, []],
    [900, ["900 requests/s were acknowledged, where 1000 were due"]],
  ])("is a burst only where ten times as much was taken: %s/s", async (perSecond, faults) => {
    let now = 0;
    jest.spyOn(performance, "now").mockImplementation(() => now);
    const found: string[] = [];
    await named("burst").during({
      rate: 100,
      acknowledged: () => (now / 1_000) * perSecond,
      speedUp: () => {},
      pause: (ms: number) => Promise.resolve(void (now += ms)),
      fault: (text: string) => found.push(text),
      remark: () => {},
    } as unknown as Bench);
    jest.restoreAllMocks();
    expect(now).toBe(60_000);
    expect(found).toEqual(faults);
  });

  it.each([
    [400, []],
    [503, ["Alloy answered HTTP 503, which does not say what is wrong"]],
  ])(
    "is missed when what is malformed is answered as if to be sent again: %s",
    async (status, faults) => {
      const server = http.createServer((request, response) => {
        request.resume().on("end", () => response.writeHead(status).end());
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      fake.http = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const outcome = (await run("gzip-bomb")).outcome;
      server.close();
      expect(outcome.faults).toEqual(faults);
    },
    15_000,
  );
});

describe("what a case does to the stack", () => {
  it.each<[string, (string | RegExp)[]]>([
    ["queue-full", [/queue_size = 2000000/]],
    ["alloy-killed-in-outage", ["kill alloy"]],
    ["tempo-stopped", ["delete tempo"]],
    ["loki-killed", ["kill loki"]],
    ["mimir-ingester-down", ["keep away mimir-ingester"]],
    ["tempo-volume-full", ["shrink tempo", "fill", "empty"]],
    [
      "mimir-ingester-disk-lost",
      ["mimir-distributor gone", "ship blocks", "lose volume of mimir-ingester", "mimir-distributor back"],
    ],
    ["node-stopped", ["restart node"]],
    ["node-suspended", ["suspend node", "node goes on"]],
  ])("%s: %j", async (name, asked) => {
    await run(name);
    const done = fake.asked.filter((what) => !what.startsWith("put back"));
    expect(done).toEqual(
      asked.map((what) => (typeof what === "string" ? what : (expect.stringMatching(what) as string))),
    );
    expect(fake.asked.at(-1)).toBe("put back");
  });
});

it("is mended when it is ended early, or cannot go on", async () => {
  const ending = run("sink-down");
  setTimeout(() => fake.ended.abort(), 450);
  await expect(ending).rejects.toThrow(Interrupted);
  expect(fake.asked.at(-1)).toBe("put back");
  expect((await fetch(fake.sink.url())).status).toBe(404); // it is up again
});

describe("a case whose mend fails", () => {
  const failing = (during: Case["during"]): Case => ({
    name: "failing",
    does: "Fails.",
    expects: {},
    during,
    mend: () => {
      fake.asked.push("mend");
      return Promise.reject(new Error("no mend"));
    },
  });

  it("is put back all the same, and its mend is not tried twice", async () => {
    await expect(
      runCase(
        failing(() => Promise.resolve()),
        fake.rig,
        SOON,
      ),
    ).rejects.toThrow("no mend");
    expect(fake.asked.filter((what) => what === "mend")).toHaveLength(1);
    expect(fake.asked.at(-1)).toBe("put back");
  });

  it("tells what went wrong first", async () => {
    const during = () => Promise.reject(new Error("no fault"));
    await expect(runCase(failing(during), fake.rig, SOON)).rejects.toThrow("no fault");
    expect(fake.told).toEqual(["failing could not be mended at once: no mend"]);
    expect(fake.asked.at(-1)).toBe("put back");
  });
});
