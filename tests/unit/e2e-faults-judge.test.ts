import type { Expectation, Outcome } from "../../scripts/e2e-faults/case";
import { faultsOf } from "../../scripts/e2e-faults/judge";
import { notes, row } from "../../scripts/e2e-faults/table";
import { goodOutcome as good } from "../helpers/fault-outcome";

/** The faults of a good outcome that one thing was changed in. */
function faults(change: (outcome: Outcome) => void, expects: Expectation = {}): string[] {
  const outcome = good();
  change(outcome);
  return faultsOf({ expects }, outcome);
}

it("finds nothing amiss where nothing is", () => {
  expect(faults(() => {})).toEqual([]);
});

describe("without a promise that allows for it, a case is missed by", () => {
  it.each<[string, (outcome: Outcome) => void]>([
    ["1 logs lost locally", ({ local }) => (local.lost.logs = 1)],
    ["1 traces repeated locally", ({ local }) => (local.repeated.traces = 1)],
    ["1 logs delivered twice locally", ({ local }) => (local.twice.logs = local.repeated.logs = 1)],
    ["1 metrics discarded by the backend", ({ local }) => (local.discarded.metrics = 1)],
    ["1 traces lost on the second path", ({ second }) => (second.lost.traces = 1)],
    [
      "2 traces repeated on the second path, and 1 may be",
      ({ second }) => {
        second.repeated.traces = 2;
        second.unanswered.traces = 1;
      },
    ],
    ["0/3/0 refused for good", ({ sender }) => (sender.refused.logs = 3)],
    ["0/3/0 never acknowledged", ({ sender }) => (sender.givenUp.logs = 3)],
    [
      "senders were told: gRPC 14 sending queue is full",
      ({ sender }) => {
        sender.errors["gRPC 14 sending queue is full"] = 1;
      },
    ],
    ["tempo was started anew 1 times", ({ restarts }) => (restarts.tempo = 1)],
    [
      "the local side never had all that was sent before the mend",
      (outcome) => {
        outcome.recoveredMs = { second: 1 };
      },
    ],
    [
      "the second path never had all that was sent before the mend",
      (outcome) => {
        outcome.recoveredMs = { local: 1 };
      },
    ],
    ["said by the case", (outcome) => outcome.faults.push("said by the case")],
  ])("%s", (fault, change) => {
    expect(faults(change)).toEqual([fault]);
  });
});

describe("a promise allows for", () => {
  it("what is sent in so long, and no more", () => {
    const lose = (items: number) => (outcome: Outcome) => void (outcome.local.lost.traces = items);
    const expects = { local: { lost: { traces: 2_000 } } };
    expect(faults(lose(1_800), expects)).toEqual([]);
    expect(faults(lose(1_801), expects)).toEqual(["1801 traces lost locally, and 1800 may be"]);
  });

  it("what Alloy counts as given up, and no more", () => {
    const lose = (dropped: number) => (outcome: Outcome) => {
      outcome.second.lost.logs = 5;
      outcome.second.dropped.logs = dropped;
    };
    expect(faults(lose(5), { second: { lost: "counted" } })).toEqual([]);
    expect(faults(lose(4), { second: { lost: "counted" } })).toHaveLength(1);
    expect(faults(lose(5))).toHaveLength(1);
  });

  it("an Alloy that is not there, but no word of what it is about", () => {
    const told = (error: string) => (outcome: Outcome) => void (outcome.sender.errors[error] = 1);
    const seen = ["HTTP ECONNREFUSED", "gRPC 14 Failed to connect", "gRPC 14 read ECONNRESET"];
    for (const error of seen) expect(faults(told(error), { alloyAway: true })).toEqual([]);
    for (const error of seen) expect(faults(told(error))).toHaveLength(1);
    for (const error of [
      "HTTP 404",
      "HTTP 503 sending queue is full",
      "gRPC 14 data refused due to high memory usage",
    ])
      expect(faults(told(error), { alloyAway: true })).toHaveLength(1);
  });

  it("what senders had to send again, on both sides", () => {
    const resent = (times: number) => (outcome: Outcome) => {
      outcome.sender.unanswered.logs = 3;
      outcome.local.repeated.logs = outcome.second.repeated.logs = times;
    };
    expect(faults(resent(3), { resent: true })).toEqual([]);
    expect(faults(resent(4), { resent: true })).toHaveLength(2);
    expect(faults(resent(3))).toHaveLength(2);
  });

  it("restarts of its own making", () => {
    const restart = ({ restarts }: Outcome) => void (restarts.loki = 1);
    expect(faults(restart, { restarts: ["loki"] })).toEqual([]);
    expect(faults(restart, { restarts: "all" })).toEqual([]);
    expect(faults(restart, { restarts: ["tempo"] })).toHaveLength(1);
  });

  it("only so much time", () => {
    const slow = (outcome: Outcome) => {
      outcome.freshMs = 2_500;
      outcome.recoveredMs = { local: 1_000, second: 130_000 };
    };
    expect(faults(slow, { freshWithinMs: 2_000, recoveredWithinMs: 120_000 })).toEqual([
      "the second path had all only after 130.0 s",
      "a request was found only after 2.5 s",
    ]);
    expect(faults(slow)).toEqual([]);
  });

  it("no time that was not measured", () => {
    const unseen = (outcome: Outcome) => void (outcome.freshMs = undefined);
    expect(faults(unseen, { freshWithinMs: 2_000 })).toEqual(["no request was followed until it was found"]);
    expect(faults(unseen)).toEqual([]);
  });
});

describe("what a backend has read again", () => {
  /** @param attempts Alloy's requests that it refused, and that it did not answer */
  const readAgain =
    (items: number, [refused, unanswered]: [number, number]) =>
    ({ local }: Outcome) => {
      local.repeated.logs = items;
      local.refused.logs = refused;
      local.unanswered.logs = unanswered;
    };

  it("was refused after it had been counted, unless an answer was lost, too", () => {
    expect(faults(readAgain(90, [2, 0]))).toEqual([]);
    expect(faults(readAgain(90, [0, 0]))).toEqual(["90 logs repeated locally"]);
    expect(faults(readAgain(90, [2, 1]))).toEqual(["90 logs repeated locally"]);
  });

  it("may be what a backend that ends did not answer for, of that signal alone", () => {
    expect(faults(readAgain(150, [0, 0]), { local: { cutOff: ["logs"] } })).toEqual([]);
    expect(faults(readAgain(150, [0, 0]), { local: { cutOff: ["traces"] } })).toEqual([
      "150 logs repeated locally",
    ]);
  });

  it("is no excuse for what Alloy itself delivered twice", () => {
    const twice = (outcome: Outcome) => {
      readAgain(40, [2, 0])(outcome);
      outcome.local.twice.logs = 40;
    };
    expect(faults(twice)).toEqual(["40 logs delivered twice locally"]);
    expect(faults(twice, { local: { repeated: 100 } })).toEqual([
      "40 logs delivered twice locally, and 30 may be",
    ]);
    expect(faults(twice, { local: { repeated: 200 } })).toEqual([]);
  });
});

it("shows each figure of an outcome in the table, and why it is amiss below", () => {
  const outcome = good();
  outcome.local.lost.traces = 9;
  outcome.local.repeated.logs = 3;
  outcome.local.restarted = ["logs"];
  outcome.second.dropped.metrics = 4;
  outcome.sender.errors = { "HTTP ECONNREFUSED": 7, "HTTP ECONNRESET": 2 };
  outcome.recoveredMs = { local: 12_340 };
  outcome.company.traces = 5;
  outcome.alloyMemory = 100 * 1024 * 1024;
  const judged = { outcome, faults: ["9 traces lost locally"] };
  expect(row(judged).split(/ {2,}/)).toEqual([
    "a-case",
    "9/0/0",
    "0",
    "~0/3/0",
    "0",
    "0",
    "9",
    "0.0 s",
    "12.3 s",
    "-",
    "0.3 s",
    "100",
    "MISSED",
  ]);
  expect(notes(judged)).toEqual([
    "  MISSED: 9 traces lost locally",
    "  senders: 7 x HTTP ECONNREFUSED",
    "  senders: 2 x HTTP ECONNRESET",
    "  Alloy's requests that backends refused (and may have counted): 0, that had no answer: 0",
    "  somebody else sent 5/0/0 meanwhile, which are left out above",
    "  Alloy counts 0/0/4 as given up on the second path",
  ]);
  expect(row({ outcome: good(), faults: [] })).toMatch(/ ok$/);
});
