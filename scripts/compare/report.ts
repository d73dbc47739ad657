import type { Range } from "../lib/query/range";
import type { Comparison, Row } from "./comparison";

const COUNT = new Intl.NumberFormat("en-US");

/** A comparison as a table, with what there is to say of it. */
export function text(comparison: Comparison, toleranceS: number): string {
  const { destination, range, rows } = comparison;
  const asked = rows.some(({ inSumo }) => inSumo !== undefined);
  return [
    `From ${time(range.fromMs)} to ${time(range.toMs)} (${lengthOf(range)}), with ${destination === "sumo" ? "Sumo" : "the stand-in"} on the second path.`,
    "",
    ...table(rows, asked, range),
    "",
    ...notes(comparison, asked),
    verdict(comparison, toleranceS),
  ].join("\n");
}

function table(rows: Row[], asked: boolean, range: Range): string[] {
  const head = ["signal", "service", "local", "second path", ...(asked ? ["Sumo has"] : []), "difference"];
  const cells = [[...head, "lag", "waiting", ""], ...rows.map((row) => cellsOf(row, asked, range))];
  const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  return cells.map((row) =>
    row
      .map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
}

function cellsOf(row: Row, asked: boolean, range: Range): string[] {
  const { signal, service, local, second, inSumo, difference, same, path } = row;
  const count = (value?: number) => (value === undefined ? "-" : COUNT.format(value));
  return [
    service === undefined ? signal : "",
    service ?? "all",
    count(local),
    count(second),
    ...(asked ? [count(inSumo)] : []),
    count(difference),
    path ? (path.lagS === undefined ? `over ${lengthOf(range)}` : `${Math.round(path.lagS)} s`) : "",
    path ? bytes(path.queuedBytes) : "",
    same === undefined ? "" : same ? "same" : "DIFFERS",
  ];
}

/** What a reader of the table must know. */
function notes(
  { destination, rows, silences, restarts, notKept, untold }: Comparison,
  asked: boolean,
): string[] {
  const givenUp = rows.filter(({ path }) => path && path.givenUp > 0);
  return [
    ...notKept.map((signal) => `No ${signal} are compared: this stack keeps none.`),
    ...silences.map(
      (range) =>
        `The second path did not run, or nobody counted, from ${time(range.fromMs)} to ${time(range.toMs)}.`,
    ),
    ...restarts.map(
      (at) =>
        `${destination === "sumo" ? "Alloy" : "The stand-in"} was started anew before ${time(at)}: up to 15 s of the second path's counts are lost.`,
    ),
    ...givenUp.map(
      ({ signal, path }) =>
        `${COUNT.format(path!.givenUp)} ${signal} were given up: refused for good, or the queue was full (dashboard Dual-write).`,
    ),
    ...untold.map((why) => `Sumo could not tell of ${why}.`),
    ...(destination === "stand-in"
      ? ["The stand-in counts signals, not services: of these only the local side is known."]
      : asked
        ? [
            "Of metrics Sumo tells values, not how many points it has: what Alloy counts of its answers stands for them.",
          ]
        : [
            "The second path's counts are Alloy's, of what Sumo answered with success to; what Sumo keeps of it was not checked: set sumoApi (README.md), and Sumo is asked, by service.",
          ]),
  ];
}

function verdict({ rows, untold, same }: Comparison, toleranceS: number): string {
  const within = `within ${toleranceS} s' worth`;
  if (same) return `Both have the same, ${within}.`;
  const differing = rows
    .filter((row) => row.same === false)
    .map(({ signal, service }) => (service === undefined ? signal : `${signal} of ${service}`));
  if (differing.length > 0)
    return `They DIFFER by more than ${toleranceS} s' worth: ${differing.join(", ")}.`;
  return `What could be compared is the same, ${within}; ${untold.length} could NOT be.`;
}

/** The same for a program. */
export function json({ range, same, ...rest }: Comparison): object {
  const stamp = (ms: number) => new Date(ms).toISOString();
  const iso = ({ fromMs, toMs }: Range) => ({ from: stamp(fromMs), to: stamp(toMs) });
  return {
    ok: same,
    ...iso(range),
    ...rest,
    silences: rest.silences.map(iso),
    restarts: rest.restarts.map(stamp),
  };
}

function time(ms: number): string {
  return new Date(ms).toLocaleString("sv-SE"); // the day first, in figures
}

function lengthOf({ fromMs, toMs }: Range): string {
  const seconds = Math.round((toMs - fromMs) / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

function bytes(count: number): string {
  if (count < 1_000) return `${count} B`;
  return count < 1_000_000 ? `${(count / 1_000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}
