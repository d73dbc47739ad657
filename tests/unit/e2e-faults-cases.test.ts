import { CASES } from "../../scripts/e2e-faults/cases";
import type { Case } from "../../scripts/e2e-faults/case";
import { runCase } from "../../scripts/e2e-faults/run-case";
import { Interrupted } from "../../scripts/e2e-faults/case-bench";
import { CaseRuns } from "../helpers/case-runs";
import { SOON } from "../helpers/fake-faults";

jest.setTimeout(15_000); // some wait for what never comes

const runs = new CaseRuns();

it("names each case once, and says in a sentence what it does", () => {
  const names = CASES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { does } of CASES) expect(does).toMatch(/^[A-Z].*\.$/);
});

describe("a case", () => {
  it("passes where nothing is lost, and its end is back", async () => {
    const { outcome, faults } = await runs.run("sink-down");
    expect(faults).toEqual([]);
    expect(outcome.acknowledged.traces).toBeGreaterThan(9 * 30);
    expect(outcome.second.answers).toHaveProperty("200");
    expect(runs.fake.asked.at(-1)).toBe("put back");
  });

  it.each(["traces", "logs", "metrics"] as const)("is missed when a backend loses %s", async (signal) => {
    runs.fake.backends.loses.set(signal, new Set([3]));
    const { faults } = await runs.run("sink-429");
    expect(faults).toEqual([
      expect.stringMatching(new RegExp(`^\\d ${signal} lost locally$`)) as string,
      "the local side never had all that was sent before the mend",
    ]);
  });

  it("is missed when samples that had been found went with the ingester's disk", async () => {
    runs.fake.sharesBlocks = false;
    const { faults } = await runs.run("mimir-ingester-disk-lost");
    expect(faults).toContainEqual(expect.stringMatching(/^\d+ metrics lost locally$/));
  });

  it("is missed when everything is written to the backends twice", async () => {
    runs.fake.copies.local = 2;
    const { faults } = await runs.run("sink-429");
    expect(faults.map((fault) => fault.replace(/\d+/, "n"))).toEqual([
      "n traces delivered twice locally",
      "n logs delivered twice locally",
      "n metrics delivered twice locally",
    ]);
  });

  it("is missed when a backend has read what nobody knows to have been sent again", async () => {
    const reading = runs.run("sink-429");
    await runs.fake.until(() => runs.fake.took > 0);
    runs.fake.backends.count("received traces", 7);
    expect((await reading).faults).toEqual(["7 traces repeated locally"]);
  });

  it("tells what somebody else sent, and counts nothing of it", async () => {
    const sharing = runs.run("sink-429");
    await runs.fake.until(() => runs.fake.took > 0);
    for (const name of ["accepted logs", "sent logs", "received logs"] as const)
      runs.fake.backends.count(name, 8);
    const { outcome, faults } = await sharing;
    expect(outcome.company).toEqual({ traces: 0, logs: 8, metrics: 0 });
    expect(faults).toEqual([]);
  });

  it("is missed when the second path has less, or more, than was sent", async () => {
    runs.fake.copies.second = 0;
    expect((await runs.run("sink-slow")).faults).toContainEqual(
      expect.stringMatching(/lost on the second path/),
    );
    runs.fake.copies.second = 2;
    expect((await runs.run("sink-slow")).faults).toContainEqual(
      expect.stringMatching(/repeated on the second/),
    );
  });

  it("is missed when a backend discards, or is started anew unasked", async () => {
    const discarding = runs.run("sink-429");
    await runs.fake.until(() => runs.fake.took > 0);
    runs.fake.backends.count("discarded logs", 4);
    runs.fake.containers = runs.fake.containers.replace(/1$/, "2");
    expect((await discarding).faults).toEqual([
      "4 logs discarded by the backend",
      "tempo was started anew 1 times",
    ]);
  });

  it("is missed when a sender hears of it", async () => {
    runs.fake.answers = (attempt) =>
      attempt === 4 ? { retryable: true, said: "gRPC 14 sending queue is full", unanswered: false } : "taken";
    expect((await runs.run("sink-down")).faults).toEqual([
      "senders were told: gRPC 14 sending queue is full",
    ]);
  });

  it("allows repeats where an answer was lost, and knows how many there may be", async () => {
    const { outcome, faults } = await runs.run("answer-lost");
    expect(outcome.second.repeated.traces).toBeGreaterThan(0);
    expect(faults).toEqual([]);
  });

  it("allows what a refusal costs where Alloy counts it", async () => {
    const { outcome, faults } = await runs.run("sink-401-then-repaired");
    expect(outcome.second.lost.traces).toBeGreaterThan(0);
    expect(outcome.second.lost).toEqual(outcome.second.dropped);
    expect(faults).toEqual([]);
  });
});

describe("what a case does to the stack", () => {
  it.each<[string, (string | RegExp)[]]>([
    ["queue-full", [/queue_size = 2000000/]],
    ["alloy-killed-in-outage", ["KILL alloy"]],
    ["tempo-stopped", ["delete tempo"]],
    ["tempo-ended", ["TERM tempo"]],
    ["loki-killed", ["KILL loki"]],
    ["mimir-ingester-down", ["keep away mimir-ingester"]],
    ["tempo-volume-full", ["shrink tempo", "fill", "empty"]],
    [
      "mimir-ingester-disk-lost",
      ["mimir-distributor gone", "ship blocks", "lose volume of mimir-ingester", "mimir-distributor back"],
    ],
    ["node-stopped", ["restart node"]],
    ["node-suspended", ["suspend node", "node goes on"]],
  ])("%s: %j", async (name, asked) => {
    await runs.run(name);
    const done = runs.fake.asked.filter((what) => !what.startsWith("put back"));
    expect(done).toEqual(
      asked.map((what) => (typeof what === "string" ? what : (expect.stringMatching(what) as string))),
    );
    expect(runs.fake.asked.at(-1)).toBe("put back");
  });
});

it("is mended when it is ended early, or cannot go on", async () => {
  const ending = runs.run("sink-down");
  setTimeout(() => runs.fake.ended.abort(), 450);
  await expect(ending).rejects.toThrow(Interrupted);
  expect(runs.fake.asked.at(-1)).toBe("put back");
  expect((await fetch(runs.fake.sink.url())).status).toBe(404); // it is up again
});

describe("a case whose mend fails", () => {
  const failing = (during: Case["during"]): Case => ({
    name: "failing",
    does: "Fails.",
    expects: {},
    during,
    mend: () => {
      runs.fake.asked.push("mend");
      return Promise.reject(new Error("no mend"));
    },
  });

  it("is put back all the same, and its mend is not tried twice", async () => {
    await expect(
      runCase(
        failing(() => Promise.resolve()),
        runs.fake.rig,
        SOON,
      ),
    ).rejects.toThrow("no mend");
    expect(runs.fake.asked.filter((what) => what === "mend")).toHaveLength(1);
    expect(runs.fake.asked.at(-1)).toBe("put back");
  });

  it("tells what went wrong first", async () => {
    const during = () => Promise.reject(new Error("no fault"));
    await expect(runCase(failing(during), runs.fake.rig, SOON)).rejects.toThrow("no fault");
    expect(runs.fake.told).toEqual(["failing could not be mended at once: no mend"]);
    expect(runs.fake.asked.at(-1)).toBe("put back");
  });
});
