import { acceptAfter, refuse } from "../behaviour";
import type { Bench, Case } from "../case";

const IN_EFFECT_WITHIN_MS = 15_000;
const OFF_FOR_MS = 3_000;
/** So long that what is made while it is on is looked at, too. */
const ON_FOR_MS = 3_000;
const BACKLOG_MS = 5_000;
const HANGS_MS = 30_000;

export const toggleOffOn: Case = {
  name: "toggle-off-on",
  does: "The second write is switched off and on, by the setting and `up`.",
  expects: {},
  during: (bench) => offAndOn(bench, bench.toggles),
};

export const toggleWithBacklog: Case = {
  name: "toggle-with-backlog",
  does: "The second write is switched off while some is queued for it, and on again once its end is back.",
  expects: {},
  during: async (bench) => {
    bench.sink.behaviour = refuse(503);
    await bench.pause(BACKLOG_MS);
    await offAndOn(bench, 1);
  },
};

export const toggleWhileHanging: Case = {
  name: "toggle-while-hanging",
  does: "The second write is switched off and on while its end takes 30 s for each answer.",
  // Alloy ends the second path's exporters one after the other, each when its answers are there or too late. What is
  // switched on before that has to wait, and senders with it: for less than their own 10 s.
  expects: { freshWithinMs: 10_000 },
  during: async (bench) => {
    bench.sink.behaviour = acceptAfter(HANGS_MS);
    await bench.pause(BACKLOG_MS);
    await offAndOn(bench, 1);
  },
};

/** What is made before it is switched off has to come, and what is made once it is on. */
async function offAndOn(bench: Bench, times: number): Promise<void> {
  const tookMs: Record<"off" | "on", number[]> = { off: [], on: [] };
  for (let i = 0; i < times; i++) {
    let from = 0;
    tookMs.off.push(await bench.setSecondWrite(false, () => (from = bench.next())));
    await bench.pause(OFF_FOR_MS);
    tookMs.on.push(await bench.setSecondWrite(true));
    bench.excuse({ from, to: bench.next() });
    await bench.pause(ON_FOR_MS);
  }
  for (const way of ["off", "on"] as const) {
    const [least, most] = [Math.min(...tookMs[way]), Math.max(...tookMs[way])];
    const span = times === 1 ? inS(most) : `${inS(least)} to ${inS(most)}`;
    const said = `switched ${way}${times === 1 ? "" : ` ${times} times`}, in effect ${span} after up`;
    bench.remark(said);
    if (most > IN_EFFECT_WITHIN_MS) bench.fault(said);
  }
}

function inS(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
