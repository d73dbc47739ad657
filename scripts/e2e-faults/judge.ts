import { type Signal, SIGNALS } from "../lib/otlp";
import { sum } from "./account";
import type { Case, Expectation, Outcome } from "./case";
import { each, type Items } from "./ledger";
import { PER_REQUEST } from "./numbers";

/** What a sender sees of an Alloy that is not there: nobody listens, or who did is gone. */
const AWAY =
  /ECONNREFUSED|ECONNRESET|EPIPE|UND_ERR_|other side closed|No connection established|Failed to connect|Connection dropped|gRPC [14] /;

/** Items that are sent in so long. */
export function itemsIn(ms: number | undefined, rate: number): Items {
  return each((signal) => Math.ceil((((ms ?? 0) * rate) / 1_000) * PER_REQUEST[signal]));
}

/** Items that a case may lose on either side. @param dropped those that Alloy counts as given up */
export function mayLose(
  { local, second }: Expectation,
  rate: number,
  dropped: Items,
): { local: Items; second: Items } {
  return {
    local: each((signal) => itemsIn(local?.lost?.[signal], rate)[signal]),
    second: second?.lost === "counted" ? dropped : itemsIn(second?.lost, rate),
  };
}

/** What of an outcome is not as the case promises; none: it passes. */
export function faultsOf({ expects }: Pick<Case, "expects">, outcome: Outcome): string[] {
  const { local = {}, second = {}, alloyAway = false, restarts = [] } = expects;
  const may = mayLose(expects, outcome.rate, outcome.second.dropped);
  const faults = [...outcome.faults];
  const check = (ok: boolean, what: string) => void (ok || faults.push(what));

  for (const signal of SIGNALS) {
    const { lost, twice, repeated, discarded } = outcome.local;
    const resent = expects.resent ? outcome.sender.unanswered[signal] : 0;
    const mayComeTwice = itemsIn(local.repeated, outcome.rate)[signal] + resent;
    const mayBeRead = mayReadAgain(outcome, signal, expects)
      ? Infinity
      : Math.max(mayComeTwice, twice[signal]);
    check(
      lost[signal] <= may.local[signal],
      `${lost[signal]} ${signal} lost locally${upTo(may.local[signal])}`,
    );
    check(
      twice[signal] <= mayComeTwice,
      `${twice[signal]} ${signal} delivered twice locally${upTo(mayComeTwice)}`,
    );
    check(repeated[signal] <= mayBeRead, `${repeated[signal]} ${signal} repeated locally${upTo(mayBeRead)}`);
    check(
      local.discarded?.includes(signal) || discarded[signal] <= 0,
      `${discarded[signal]} ${signal} discarded by the backend`,
    );
    const other = outcome.second;
    check(
      other.lost[signal] <= may.second[signal],
      `${other.lost[signal]} ${signal} lost on the second path${upTo(may.second[signal])}`,
    );
    const mayRepeat = other.unanswered[signal] + itemsIn(second.repeated, outcome.rate)[signal] + resent;
    check(
      other.repeated[signal] <= mayRepeat,
      `${other.repeated[signal]} ${signal} repeated on the second path${upTo(mayRepeat)}`,
    );
  }
  const { refused, givenUp, errors } = outcome.sender;
  check(sum(refused) === 0, `${show(refused)} refused for good`);
  check(sum(givenUp) === 0, `${show(givenUp)} never acknowledged`);
  const told = Object.keys(errors).filter((error) => !(alloyAway && AWAY.test(error)));
  check(told.length === 0, `senders were told: ${told.join("; ")}`);
  for (const [container, times] of Object.entries(outcome.restarts))
    check(restarts === "all" || restarts.includes(container), `${container} was started anew ${times} times`);
  checkTimes(expects, outcome, check);
  return faults;
}

/**
 * Whether a backend may have read some in vain: it refused them, or ended before it answered, and they came again. How often
 * nobody can tell: Alloy's log names one such attempt in ten seconds, and its HTTP client sends again untold.
 */
function mayReadAgain({ local }: Outcome, signal: Signal, expects: Expectation): boolean {
  if (expects.local?.cutOff?.includes(signal)) return true;
  return local.refused[signal] > 0 && local.unanswered[signal] === 0;
}

function checkTimes(
  { freshWithinMs, recoveredWithinMs = Infinity }: Case["expects"],
  { freshMs, recoveredMs }: Outcome,
  check: (ok: boolean, what: string) => void,
): void {
  const { local, second } = recoveredMs;
  check(local !== undefined, "the local side never had all that was sent before the mend");
  check(second !== undefined, "the second path never had all that was sent before the mend");
  check((local ?? 0) <= recoveredWithinMs, `the local side had all only after ${seconds(local)}`);
  check((second ?? 0) <= recoveredWithinMs, `the second path had all only after ${seconds(second)}`);
  if (freshWithinMs === undefined) return;
  check(freshMs !== undefined, "no request was followed until it was found");
  check((freshMs ?? 0) <= freshWithinMs, `a request was found only after ${seconds(freshMs)}`);
}

/** Items as `spans/log records/points`, or one number where all are 0. */
export function show(items: Items): string {
  const all = SIGNALS.map((signal) => items[signal]);
  return all.every((one) => one === 0) ? "0" : all.join("/");
}

export function seconds(ms: number | undefined): string {
  return ms === undefined ? "-" : `${(ms / 1_000).toFixed(1)} s`;
}

function upTo(bound: number): string {
  return bound > 0 ? `, and ${bound} may be` : "";
}
