import type { Case, Outcome } from "./case";
import { seconds, show } from "./judge";

/** What came of a case, and what of it is amiss. */
export interface Judged {
  outcome: Outcome;
  faults: string[];
}

const HEADS = [
  "case",
  "local lost",
  "twice",
  "read again",
  "second lost",
  "repeated",
  "sender errors",
  "longest",
  "local after",
  "second after",
  "fresh",
  "Alloy MiB",
  "verdict",
];
const WIDTHS = [27, 11, 7, 11, 16, 16, 13, 7, 11, 12, 7, 9];
const MIB = 1024 * 1024;

export const HEAD = cells(HEADS);

/** One line of the table. */
export function row({ outcome, faults }: Judged): string {
  const { local, second, sender, recoveredMs, freshMs, alloyMemory } = outcome;
  const errors = Object.values(sender.errors).reduce((all, one) => all + one, 0);
  return cells([
    outcome.name,
    show(local.lost),
    show(local.twice),
    `${local.restarted.length > 0 ? "~" : ""}${show(local.repeated)}`,
    show(second.lost),
    show(second.repeated),
    String(errors),
    seconds(sender.longestMs),
    seconds(recoveredMs.local),
    seconds(recoveredMs.second),
    seconds(freshMs),
    alloyMemory === undefined ? "-" : (alloyMemory / MIB).toFixed(0),
    faults.length === 0 ? "ok" : "MISSED",
  ]);
}

/** What is to be said below a line: why it is amiss, and what was seen beside. */
export function notes({ outcome, faults }: Judged): string[] {
  const errors = Object.entries(outcome.sender.errors).map(
    ([error, times]) => `senders: ${times} x ${error}`,
  );
  const dropped = show(outcome.second.dropped);
  return [
    ...faults.map((fault) => `MISSED: ${fault}`),
    ...errors,
    ...(show(outcome.local.repeated) === "0"
      ? []
      : [
          `Alloy's requests that backends refused (and may have counted): ${show(outcome.local.refused)}, that had no answer: ${show(outcome.local.unanswered)}`,
        ]),
    ...(show(outcome.sender.unanswered) === "0"
      ? []
      : [`senders sent again, for want of an answer: ${show(outcome.sender.unanswered)}`]),
    ...(show(outcome.company) === "0"
      ? []
      : [`somebody else sent ${show(outcome.company)} meanwhile, which are left out above`]),
    ...(dropped === "0" ? [] : [`Alloy counts ${dropped} as given up on the second path`]),
    ...outcome.remarks,
  ].map((note) => `  ${note}`);
}

/** How to read the table. */
export const LEGEND = `Lost and repeated: 0, or spans/log records/metric points. Locally, "twice" is what Alloy delivered beyond every item once,
"read again" what the backends have read beyond that, also where they refused it then; "~": one was started anew, and may have
read a little more. "longest": the longest that a sender's attempt took. "after": from the mend (where nobody has to mend it,
from the fault) until all that was sent is there. "fresh": the longest that a request took to be found.`;

export function list(cases: Case[]): string {
  return cases.map(({ name, does }) => `${name.padEnd(WIDTHS[0]!)}  ${does}`).join("\n");
}

function cells(texts: string[]): string {
  return texts
    .map((text, i) => text.padEnd(WIDTHS[i] ?? 0))
    .join("  ")
    .trimEnd();
}
