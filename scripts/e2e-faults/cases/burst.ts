import type { Case } from "../case";

const FACTOR = 10;

export const burst: Case = {
  name: "burst",
  does: "Ten times the load for the time of an outage.",
  expects: {},
  during: async (bench) => {
    bench.speedUp(FACTOR);
    await bench.pause(bench.outageMs);
  },
  mend: (bench) => Promise.resolve(bench.speedUp(1)),
};
