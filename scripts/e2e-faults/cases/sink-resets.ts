import { reset } from "../behaviour";
import type { Case } from "../case";

export const sinkResets: Case = {
  name: "sink-resets",
  does: "The second path's end takes nothing, and breaks each connection off.",
  expects: { freshWithinMs: 2_000 },
  during: async (bench) => {
    bench.sink.behaviour = reset;
    await bench.pause(bench.outageMs);
  },
};
