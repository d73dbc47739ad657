import type { Case } from "../case";

const FACTOR = 10;
const BURST_MS = 60_000;
/** The last requests have their answer a moment after it. */
const NEARLY = 0.97;

export const burst: Case = {
  name: "burst",
  does: "Ten times the load for a minute.",
  expects: {},
  during: async (bench) => {
    const [from, beganAt] = [bench.acknowledged(), performance.now()];
    bench.speedUp(FACTOR);
    await bench.pause(BURST_MS);
    const perSecond = (1_000 * (bench.acknowledged() - from)) / (performance.now() - beganAt);
    const said = `${perSecond.toFixed(0)} requests/s were acknowledged, where ${FACTOR * bench.rate} were due`;
    if (perSecond < NEARLY * FACTOR * bench.rate) bench.fault(said);
    else bench.remark(said);
  },
  mend: (bench) => Promise.resolve(bench.speedUp(1)),
};
