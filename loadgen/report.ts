import type { Options, Signal } from "./options";
import { SIGNALS } from "./options";
import type { Paced } from "./pace";
import { ITEMS, dropped, lost, undelivered, type Tallies, type Tally } from "./tally";

/** Below this share of the asked rate, the summary says that it was not held. */
const HELD = 0.99;

/** What the live line shows. */
export interface Progress {
  elapsedMs: number;
  requests: number;
  /** The scenario, while its event is on. */
  event?: string;
  tallies: Tallies;
}

/** What a run came to. */
export interface Result {
  options: Options;
  paced: Paced;
  failedRequests: number;
  tallies: Tallies;
}

/** The line before the first request. */
export function startLine({ endpoint, rate, signals, scenario, errorShare, seed }: Options): string {
  const course = scenario === "steady" ? "" : `; scenario ${scenario}`;
  const errors = percent(errorShare);
  return `Sending ${rate} requests/s to ${endpoint}: ${signals.join(", ")}${course}; ${errors} fail; seed ${seed}.`;
}

/** The line that is shown while it runs. */
export function progressLine({ elapsedMs, requests, event, tallies }: Progress): string {
  const signals = present(tallies).map(([signal, tally]) => {
    const gone = tally.failed + tally.rejected;
    const items = `${count(tally.accepted)}/${count(tally.sent)} ${ITEMS[signal]}`;
    return gone > 0 ? `${items} (${count(gone)} lost)` : items;
  });
  const seconds = elapsedMs / 1000;
  const rate = (requests / Math.max(seconds, 0.001)).toFixed(1);
  const now = event ? `  ${event} now` : "";
  return `${seconds.toFixed(0)} s${now}  ${count(requests)} requests, ${rate}/s  accepted ${signals.join(", ")}`;
}

/** The result for a person. */
export function summary({ options, paced, failedRequests, tallies }: Result): string {
  const { made, elapsedMs, askedRate, heldRate } = paced;
  const seconds = (elapsedMs / 1000).toFixed(1);
  const share = percent(made === 0 ? 0 : failedRequests / made);
  const columns = ["sent", "accepted", "rejected", "lost", "errors"];
  return [
    `Requests: ${count(made)} in ${seconds} s, ${count(failedRequests)} of them failing (${share}); seed ${options.seed}`,
    `Rate: asked ${rounded(askedRate)}/s, held ${rounded(heldRate)}/s${whyNotHeld(options, paced)}`,
    "",
    ["".padEnd(12), ...columns.map((column) => column.padStart(10))].join(""),
    ...present(tallies).map(([signal, tally]) => row(ITEMS[signal], tally)),
    "",
    verdict(tallies),
  ].join("\n");
}

/** The result for a program, on one line; rates are requests per second. */
export function summaryJson({ options, paced, failedRequests, tallies }: Result): string {
  const { protocol, endpoint, scenario, seed } = options;
  const signals = present(tallies).map(([signal, tally]) => {
    const { sent, accepted, rejected, errors, retries, reason } = tally;
    return [signal, { sent, accepted, rejected, lost: lost(tally), errors, retries, reason }] as const;
  });
  return JSON.stringify({
    ...{ protocol, endpoint, scenario, seed },
    seconds: rounded(paced.elapsedMs / 1000),
    requests: { made: paced.made, failing: failedRequests },
    rate: { asked: rounded(paced.askedRate), held: rounded(paced.heldRate), isHeld: isHeld(paced) },
    signals: Object.fromEntries(signals),
    delivered: allDelivered(tallies),
  });
}

/** Whether nothing was lost or rejected. */
export function allDelivered(tallies: Tallies): boolean {
  return present(tallies).every(([, tally]) => undelivered(tally) === 0);
}

function isHeld({ made, askedRate, heldRate }: Paced): boolean {
  return made === 0 || heldRate >= askedRate * HELD;
}

function whyNotHeld({ concurrency }: Options, paced: Paced): string {
  if (isHeld(paced)) return "";
  const why = paced.waited
    ? `--concurrency ${concurrency} leaves room for no more`
    : "this machine was too busy for it";
  return ` - the asked rate was NOT held (${percent(paced.heldRate / paced.askedRate)} of it): ${why}`;
}

function row(items: string, tally: Tally): string {
  const cells = [tally.sent, tally.accepted, tally.rejected, lost(tally), tally.errors];
  return [items.padEnd(12), ...cells.map((cell) => count(cell).padStart(10))].join("");
}

function verdict(tallies: Tallies): string {
  const retries = present(tallies).reduce((sum, [, tally]) => sum + tally.retries, 0);
  const again =
    retries > 0 ? ` ${count(retries)} exports were tried again; what they held may be stored twice.` : "";
  if (allDelivered(tallies)) return `All was delivered.${again}`;
  const reasons = present(tallies).flatMap(([signal, tally]) => {
    const gone = undelivered(tally);
    if (gone === 0) return [];
    return [`  ${ITEMS[signal]}: ${count(gone)} not delivered: ${whyNotDelivered(tally)}`];
  });
  return [`NOT everything was delivered.${again}`, ...reasons].join("\n");
}

function whyNotDelivered(tally: Tally): string {
  const reasons = [];
  if (dropped(tally) > 0) reasons.push(`${count(dropped(tally))} were dropped because the queue was full`);
  if (tally.reason) reasons.push(`last answer: ${tally.reason}`);
  return reasons.join("; ");
}

function present(tallies: Tallies): [Signal, Tally][] {
  return SIGNALS.flatMap((signal) => {
    const tally = tallies[signal];
    return tally ? [[signal, tally] as [Signal, Tally]] : [];
  });
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}

function rounded(n: number): number {
  return Number(n.toPrecision(4));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1).replace(/\.0$/, "")} %`;
}
