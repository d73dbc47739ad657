import { Account } from "../../scripts/e2e-faults/account";
import { each, Ledger } from "../../scripts/e2e-faults/ledger";
import { PER_REQUEST } from "../../scripts/e2e-faults/numbers";
import { payload } from "../../scripts/e2e-faults/payload";
import { readNumbers } from "../../scripts/e2e-faults/read-numbers";
import { Tally } from "../../scripts/e2e-faults/tally";
import { SIGNALS } from "../../scripts/lib/otlp";
import { NumberedBackends } from "../helpers/fake-backends-numbered";

const RUN = "0badcafe";
const NEVER = new AbortController().signal;

/** A ledger of so many acknowledged requests, a millisecond apart. */
function ledgerOf(requests: number): Ledger {
  const ledger = new Ledger(RUN);
  for (let i = 0; i < requests; i++) ledger.timesUs.push(1_700_000_000_000_000 + i * 1_000);
  for (const signal of SIGNALS) ledger.settle(signal, { from: 0, to: requests }, "acknowledged");
  return ledger;
}

function batch({ timesUs }: Ledger, from = 0) {
  return { run: RUN, from, timesUs: timesUs.slice(from) };
}

describe("numbers", () => {
  it.each(SIGNALS)("are in a payload of %s, each once, and read again", (signal) => {
    const found = readNumbers(signal, payload(signal, batch(ledgerOf(7), 3)));
    const per = PER_REQUEST[signal];
    expect(found).toEqual(Array.from({ length: 4 * per }, (_, i) => ({ run: RUN, number: 3 * per + i })));
  });

  it("are counted once, and again when they come again", () => {
    const tally = new Tally();
    for (const number of [0, 5_000, 5_000, 5_000, 7]) tally.add(number);
    expect([tally.distinct, tally.repeated, tally.has(5_000), tally.has(6)]).toEqual([3, 2, true, false]);
  });
});

describe("what is missing", () => {
  it("is what was acknowledged and not seen: no refused, no later, no excused request", () => {
    const ledger = ledgerOf(10);
    ledger.settle("logs", { from: 2, to: 3 }, "refused");
    const seen = new Tally();
    for (const request of [0, 1, 3, 4]) for (let i = 0; i < 3; i++) seen.add(3 * request + i);
    seen.add(15); // one of three of request 5
    expect(ledger.missing("logs", seen).items).toBe(2 + 4 * 3);
    expect(ledger.missing("logs", seen, { before: 6 }).items).toBe(2);
    expect(ledger.missing("logs", seen, { excused: [{ from: 5, to: 9 }] }).items).toBe(3);
  });

  it("is asked for in few ranges, which cover it", () => {
    const ledger = ledgerOf(500);
    const seen = new Tally();
    for (let number = 0; number < 4 * 500; number++)
      if (![0, 4 * 50, 4 * 400].includes(number)) seen.add(number);
    expect(ledger.missing("metrics", seen).ranges).toEqual([
      { from: 0, to: 51 },
      { from: 400, to: 401 },
    ]);
  });
});

describe("an account", () => {
  const received = { seen: each(() => new Tally()), unanswered: each(() => 0) };
  const none = () => each(() => 0);
  const patience = { withinMs: 1_000, unchangedMs: 100 };
  let backends: NumberedBackends;
  beforeEach(() => {
    backends = new NumberedBackends();
  });

  function take(ledger: Ledger) {
    for (const signal of SIGNALS) backends.take(signal, payload(signal, batch(ledger)));
  }

  it("finds every item of every backend, trace by trace, page by page", async () => {
    const ledger = ledgerOf(2_000); // 6,000 lines: more than a page
    take(ledger);
    const account = new Account(ledger, received, backends.ask);
    expect(await account.missingLocally()).toEqual({ traces: 0, logs: 0, metrics: 0 });
    expect(each((signal) => account.found[signal].distinct)).toEqual({
      traces: 18_000,
      logs: 6_000,
      metrics: 8_000,
    });
  });

  it.each(SIGNALS)("misses what its backend lost of %s", async (signal) => {
    const ledger = ledgerOf(120);
    backends.loses.set(signal, new Set([7, 99]));
    take(ledger);
    const missing = await new Account(ledger, received, backends.ask).missingLocally();
    expect(missing).toEqual({ traces: 0, logs: 0, metrics: 0, [signal]: 2 * PER_REQUEST[signal] });
  });

  it("takes a backend that is away for one that has nothing yet", async () => {
    const account = new Account(ledgerOf(1), received, () => Promise.reject(new Error("away")));
    expect(await account.missingLocally()).toEqual(PER_REQUEST);
  });

  it("has not recovered before all stays there, and gives up on what does not come", async () => {
    const ledger = ledgerOf(10);
    const account = new Account(ledger, received, backends.ask);
    const recovery = { before: () => 10, beganAt: Date.now(), calmMs: 0, patience, ended: NEVER };
    const allowed = { local: none, second: () => PER_REQUEST };
    expect(await account.recover({ ...recovery, allowed })).toEqual({ local: undefined, second: undefined });
    take(ledger);
    const ten = each((signal) => 10 * PER_REQUEST[signal]);
    const { local, second } = await account.recover({
      ...recovery,
      allowed: { local: none, second: () => ten },
    });
    expect(local).toBeGreaterThan(100); // what was waited for before
    expect(second).toBeGreaterThan(100);
  });
});
