import { acceptAfter } from "../behaviour";
import type { Case } from "../case";

export const sinkSlow: Case = {
  name: "sink-slow",
  does: "The second path's end takes two seconds for each answer.",
  expects: { freshWithinMs: 2_000 },
  during: async (bench) => {
    bench.sink.behaviour = acceptAfter(2_000);
    await bench.pause(bench.outageMs);
  },
};
