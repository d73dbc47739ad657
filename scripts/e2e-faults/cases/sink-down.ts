import type { Case } from "../case";

export const sinkDown: Case = {
  name: "sink-down",
  does: "Nobody listens at the second path's end for the time of an outage.",
  expects: { freshWithinMs: 2_000, recoveredWithinMs: 120_000 },
  during: async (bench) => {
    await bench.sink.down();
    await bench.pause(bench.outageMs);
  },
};
