import type { Outcome } from "../../scripts/e2e-faults/case";
import { each } from "../../scripts/e2e-faults/ledger";

/** An outcome that nobody can object to. */
export function goodOutcome(name = "a-case"): Outcome {
  const none = () => each(() => 0);
  return {
    name,
    rate: 100,
    acknowledged: each(() => 1_000),
    local: {
      lost: none(),
      twice: none(),
      repeated: none(),
      refused: none(),
      unanswered: none(),
      discarded: none(),
      restarted: [],
    },
    second: {
      lost: none(),
      repeated: none(),
      unanswered: none(),
      dropped: none(),
      answers: {},
      payloads: { taken: 0, medianBytes: 0, maxBytes: 0 },
    },
    sender: { refused: none(), givenUp: none(), unanswered: none(), errors: {}, longestMs: 40 },
    company: none(),
    recoveredMs: { local: 100, second: 100 },
    freshMs: 300,
    restarts: {},
    remarks: [],
    faults: [],
  };
}
