import { tellSent } from "../lib/load";
import type { Check } from "./checks";
import type { Probed } from "./probes";

/** What came of one signal on one path. */
export interface Result {
  signal: string;
  /** `entry`: Alloy did not take it, so it can be on neither path. */
  path: "entry" | "local" | "second";
  /** Who was to have it. */
  place: string;
  found: boolean;
  /** From the moment Alloy had taken it. */
  latencyMs?: number;
  /** What was seen instead, or what there is to say of it. */
  note?: string;
}

export function line({ signal, path, place, found, latencyMs, note }: Result): string {
  const what = [found ? "ok" : "MISSING", signal, path, place].map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0));
  const how = latencyMs === undefined ? (note ?? "") : `${latencyMs.toFixed(0).padStart(6)} ms`;
  return [...what, how].join("  ").trimEnd();
}
const WIDTHS = [7, 11, 6, 13];

export function verdict(results: Result[]): string {
  const missing = results.filter(({ found }) => !found);
  if (missing.length === 0) return "All is where it should be.";
  const named = missing.map(({ signal, path, place }) => `${signal} (${path} path, ${place})`);
  return `NOT all is where it should be. Missing: ${named.join(", ")}.`;
}

/** One line of what was found out beyond the two paths. */
export function checkLine({ area, name, state, note }: Check): string {
  return `${state.padEnd(9)}  ${`${area}: ${name}`.padEnd(52)}  ${note}`;
}

/** What all of it comes to. */
export function verdictOfAll(results: Result[], checks: Check[]): string {
  const faults = checks.filter(({ state }) => state === "FAULT");
  const unchecked = checks.filter(({ state }) => state === "unchecked").length;
  const sums = `${checks.length - faults.length - unchecked} of ${checks.length} checks are well`;
  const rest = unchecked > 0 ? `, ${unchecked} could not be made` : "";
  if (allFound(results) && faults.length === 0) return `All is where it should be: ${sums}${rest}.`;
  const named = faults.map(({ area, name }) => `${area}: ${name}`);
  const missing = allFound(results) ? [] : [verdict(results)];
  const amiss = faults.length > 0 ? [`NOT well: ${named.join("; ")} (${sums}${rest}).`] : [];
  return [...missing, ...amiss].join("\n");
}

/** How long the probes took, and under what. */
export function latencyText({ latencies, load }: Probed): string {
  const cells = (row: (string | number)[]) =>
    row.map((cell, i) => (i < 3 ? String(cell).padEnd(WIDTHS[i + 1]!) : String(cell).padStart(7))).join("  ");
  return [
    cells(["signal", "path", "place", "found", "missing", "p50 ms", "p95 ms", "max ms"]),
    ...latencies.map(({ signal, path, place, found, missing, p50Ms = "-", p95Ms = "-", maxMs = "-" }) =>
      cells([signal, path, place, found, missing, p50Ms, p95Ms, maxMs]),
    ),
    ...(load ? [`Meanwhile: ${tellSent(load)}.`, UNCOUNTED] : []),
  ].join("\n");
}
const UNCOUNTED =
  "The second path is known by counts, which the load makes grow: --no-load measures it, too.";

/** Whether nothing is missing. */
export function allFound(results: { found: boolean }[]): boolean {
  return results.every(({ found }) => found);
}
