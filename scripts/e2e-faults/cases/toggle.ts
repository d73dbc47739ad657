import { refuse } from "../behaviour";
import type { Bench, Case } from "../case";

const IN_EFFECT_WITHIN_MS = 15_000;
const OFF_FOR_MS = 3_000;
const BACKLOG_MS = 5_000;

export const toggleOffOn: Case = {
  name: "toggle-off-on",
  does: "The second write is switched off and on, by the setting and `up`.",
  expects: {},
  during: async (bench) => {
    for (let i = 0; i < bench.toggles; i++) await offAndOn(bench);
  },
};

export const toggleWithBacklog: Case = {
  name: "toggle-with-backlog",
  does: "The second write is switched off while some is queued for it, and on again once its end is back.",
  expects: {},
  during: async (bench) => {
    bench.sink.behaviour = refuse(503);
    await bench.pause(BACKLOG_MS);
    await offAndOn(bench);
  },
};

/** What was made before it is switched off has to come, and what is made once it is on. */
async function offAndOn(bench: Bench): Promise<void> {
  const from = bench.next();
  await inEffect(bench, false);
  await bench.pause(OFF_FOR_MS);
  await inEffect(bench, true);
  bench.excuse({ from, to: bench.next() });
}

async function inEffect(bench: Bench, enabled: boolean): Promise<void> {
  const ms = await bench.setSecondWrite(enabled);
  const said = `switched ${enabled ? "on" : "off"}, in effect ${(ms / 1_000).toFixed(1)} s after up`;
  bench.remark(said);
  if (ms > IN_EFFECT_WITHIN_MS) bench.fault(said);
}
