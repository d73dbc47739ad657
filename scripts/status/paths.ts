import { SECOND } from "../../alloy/labels";
import type { ExportError } from "../lib/alloy-log";
import type { State } from "../lib/finding";
import type { PathFlow, Reading } from "../lib/paths";
import { type Signal, SIGNALS } from "../lib/signals";
import type { Stack } from "../lib/stack";
import { inMiB, type Line } from "./line";

/** What is known of Alloy's paths. */
export interface Seen {
  /** The newest reading. */
  reading: Reading;
  /** What each path did between the last two. */
  flows: PathFlow[];
  /** Items that Alloy sent back to their senders between the last two. */
  refused: number;
  /** What its log tells of failed attempts, oldest first; or why it cannot be read. */
  errors: ExportError[] | string;
}

/** How long ago an attempt may have failed while the next is still to fail: 45 s of waiting at most, and 30 s for an answer. */
const TRIES_AGAIN_WITHIN_MS = 90_000;
/** How long data given up is told of as if it still went on, where nothing was sent since. */
const GIVES_UP_WITHIN_MS = 300_000;
/** Share of a queue from which on it is worth a word, and from which on the next outage fills it. */
const FULL = { warn: 0.5, wrong: 0.9 };
const LAG_IS_LONG_S = 10;

const area = "paths" as const;
/** What a second path that is off is told of by. */
export const OFF = "second path";
/** Pulumi has made this configuration, so that only a look at what is there finds another. */
const OURS_AGAIN = "`pulumi up --refresh --yes` gives it ours again";

/** A line for each signal on each path, and one for whatever else Alloy tells of itself that is not well. */
export function pathLines(stack: Stack, seen: Seen, now = Date.now()): Line[] {
  const { components, sumoDestination: destination } = stack;
  const local = SIGNALS.filter(({ backend }) => components.includes(backend));
  return [
    ...local.map((signal) => lineOf(signal, signal.backend, signal.title, seen, now)),
    ...(destination === "off"
      ? [offLine(seen)]
      : SIGNALS.map((signal) =>
          lineOf(signal, SECOND, destination === "sumo" ? "Sumo" : "stand-in", seen, now),
        )),
    ...entryLines(seen),
  ];
}

function lineOf(
  { dataType }: Signal,
  exporter: PathFlow["exporter"],
  to: string,
  seen: Seen,
  now: number,
): Line {
  const name = `${dataType} → ${to}`;
  const flow = seen.flows.find((one) => one.signal === dataType && one.exporter === exporter);
  if (flow === undefined)
    return {
      area,
      name,
      state: "wrong",
      saw: "Alloy does not run this path",
      mend: `wait: Alloy takes a changed configuration within a minute; else ${OURS_AGAIN}`,
    };
  const errors = typeof seen.errors === "string" ? [] : seen.errors;
  const last = errors.filter((one) => one.exporter === exporter && one.signal === dataType).at(-1);
  const { state, why, mend } = judge(flow, last, now);
  const lag = flow.lagSeconds === undefined ? "?" : flow.lagSeconds.toFixed(0);
  const saw = [
    `${flow.sentPerSecond.toFixed(1)}/s`,
    `queue ${inMiB(flow.queuedBytes)} of ${inMiB(flow.capacityBytes)}`,
    `lag ${lag} s`,
  ].join(", ");
  return {
    area,
    name,
    state,
    saw: [saw, ...why].join("; "),
    ...(mend !== undefined && { mend }),
    data: { ...flow, lastError: last },
  };
}

interface Judgement {
  state: State;
  why: string[];
  mend?: string;
}

/** How a path does; the worst that holds is what it is told by. */
function judge(flow: PathFlow, last: ExportError | undefined, now: number): Judgement {
  const age = last === undefined ? Infinity : now - last.at.getTime();
  const lost = flow.givenUp + flow.overflown;
  const fill = flow.queuedBytes / flow.capacityBytes;
  const gaveUp = last?.final === true && age < GIVES_UP_WITHIN_MS && flow.sentPerSecond === 0;
  if (flow.lost > 0 || gaveUp) {
    const why = last?.final ? `refused for good: ${last.reason}` : "its queue is full";
    return { state: "wrong", why: [why, `${lost} items are lost to this path`], mend: mendOf(flow, last) };
  }
  const told = last === undefined ? [] : [`last error ${ago(age)}: ${last.reason}`];
  const lostBefore = lost > 0 ? [`${lost} items were lost to this path since Alloy started`] : [];
  if (last?.final === false && flow.waitingBytes > 0 && age < TRIES_AGAIN_WITHIN_MS)
    return { state: "wrong", why: [`tries again: ${last.reason}`, ...lostBefore] };
  if (fill >= FULL.wrong)
    return { state: "wrong", why: ["its queue is nearly full", ...told, ...lostBefore] };
  if (flow.waitingBytes > 0 && flow.sentPerSecond === 0)
    return { state: "warn", why: ["sends nothing of what waits", ...told, ...lostBefore] };
  const behind = fill >= FULL.warn || (flow.lagSeconds ?? 0) > LAG_IS_LONG_S;
  return { state: behind || lost > 0 ? "warn" : "ok", why: [...told, ...lostBefore] };
}

function mendOf({ exporter }: PathFlow, last: ExportError | undefined): string | undefined {
  if (exporter !== SECOND || !last?.final || !/\b40[134]\b/.test(last.reason)) return undefined;
  return "`pulumi config set --secret sumoEndpoint https://…` with the address that Sumo Logic shows now, then `npm run up`";
}

function ago(ms: number): string {
  return ms < 90_000 ? `${Math.round(ms / 1_000)} s ago` : `${Math.round(ms / 60_000)} min ago`;
}

function offLine({ flows }: Seen): Line {
  const name = OFF;
  if (flows.every(({ exporter }) => exporter !== SECOND)) return { area, name, state: "ok", saw: "off" };
  return {
    area,
    name,
    state: "wrong",
    saw: "is off, and Alloy still runs it",
    mend: `wait: Alloy takes a changed configuration within a minute; else ${OURS_AGAIN}`,
  };
}

function entryLines({ reading, refused, errors }: Seen): Line[] {
  const name = "Alloy";
  const lines: Line[] = [];
  if (!reading.configAccepted)
    lines.push({
      area,
      name,
      state: "wrong",
      saw: "Alloy refused its newest configuration, and runs the one before",
      mend: `see \`npm run logs -- alloy --no-follow\`; ${OURS_AGAIN}`,
    });
  if (reading.unhealthy > 0)
    lines.push({
      area,
      name,
      state: "wrong",
      saw: `components that do not work: ${reading.unhealthy}`,
      mend: "`npm run logs -- alloy --no-follow` says which and why; for `invalid database` see docs/troubleshooting.md",
    });
  if (refused > 0)
    lines.push({
      area,
      name,
      state: "warn",
      saw: `sent ${refused} items back to their senders, who should try again: it is short of memory`,
    });
  if (typeof errors === "string")
    lines.push({
      area,
      name,
      state: "warn",
      saw: `its log cannot be read, so no last error is known: ${errors}`,
    });
  return lines;
}
