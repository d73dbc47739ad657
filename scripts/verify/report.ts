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

export function asJson(mark: string, results: Result[]): string {
  const ok = results.every(({ found }) => found);
  return JSON.stringify({ ok, mark, results }, null, 2);
}
