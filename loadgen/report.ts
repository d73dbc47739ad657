import type { Paced } from "./pace";
import { ITEMS, dropped, undelivered, type Tallies, type Tally } from "./tally";
import { SIGNALS, type Options, type Signal } from "./options";

/** Below this share of the asked rate, the summary says that it was not held. */
const HELD = 0.99;

export interface Progress {
  elapsedMs: number;
  requests: number;
  tallies: Tallies;
}

export function startLine({ endpoint, rate, signals, errorShare, seed }: Options): string {
  const errors = percent(errorShare);
  return `Sending ${rate} requests/s to ${endpoint}: ${signals.join(", ")}; ${errors} fail; seed ${seed}.`;
}

export function progressLine({ elapsedMs, requests, tallies }: Progress): string {
  const signals = present(tallies).map(([signal, { made, sent, failed, rejected }]) => {
    const lost = failed + rejected;
    return `${count(sent)}/${count(made)} ${ITEMS[signal]}${lost > 0 ? ` (${count(lost)} lost)` : ""}`;
  });
  const seconds = elapsedMs / 1000;
  const rate = (requests / Math.max(seconds, 0.001)).toFixed(1);
  return `${seconds.toFixed(0)} s  ${count(requests)} requests, ${rate}/s  sent ${signals.join(", ")}`;
}

export function summary(options: Options, paced: Paced, failedRequests: number, tallies: Tallies): string {
  const { made, elapsedMs, heldRate } = paced;
  const seconds = (elapsedMs / 1000).toFixed(1);
  const share = percent(made === 0 ? 0 : failedRequests / made);
  const columns = ["made", "sent", "failed", "rejected", "dropped"];
  return [
    `Requests: ${count(made)} in ${seconds} s, ${count(failedRequests)} of them failing (${share}); seed ${options.seed}`,
    `Rate: asked ${options.rate}/s, held ${Number(heldRate.toPrecision(3))}/s${holdsUp(options.rate, heldRate, made)}`,
    "",
    ["".padEnd(12), ...columns.map((column) => column.padStart(10))].join(""),
    ...present(tallies).map(([signal, tally]) => row(ITEMS[signal], tally)),
    "",
    verdict(tallies),
  ].join("\n");
}

export function allDelivered(tallies: Tallies): boolean {
  return present(tallies).every(([, tally]) => undelivered(tally) === 0);
}

function holdsUp(asked: number, held: number, made: number): string {
  if (made === 0 || held >= asked * HELD) return "";
  return ` - the asked rate was NOT held (${percent(held / asked)} of it): this machine was too busy for it`;
}

function row(items: string, tally: Tally): string {
  const cells = [tally.made, tally.sent, tally.failed, tally.rejected, dropped(tally)];
  return [items.padEnd(12), ...cells.map((cell) => count(cell).padStart(10))].join("");
}

function verdict(tallies: Tallies): string {
  const retries = present(tallies).reduce((sum, [, tally]) => sum + tally.retries, 0);
  const again =
    retries > 0 ? ` ${count(retries)} exports were tried again; what they held may be stored twice.` : "";
  if (allDelivered(tallies)) return `All was delivered.${again}`;
  const reasons = present(tallies).flatMap(([signal, tally]) => {
    const lost = undelivered(tally);
    if (lost === 0) return [];
    return [`  ${ITEMS[signal]}: ${count(lost)} lost: ${whyLost(tally)}`];
  });
  return [`NOT everything was delivered.${again}`, ...reasons].join("\n");
}

function whyLost(tally: Tally): string {
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

function percent(share: number): string {
  return `${(share * 100).toFixed(1).replace(/\.0$/, "")} %`;
}
