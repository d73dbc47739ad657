import { inTurns, refuse } from "../behaviour";
import type { Case } from "../case";

export const sinkRefuses: Case = {
  name: "sink-refuses",
  does: "The second path's end answers 400, 408 and 413 in turns.",
  expects: { second: { lost: "counted" }, freshWithinMs: 2_000 },
  during: async (bench) => {
    bench.sink.behaviour = inTurns(2_000, refuse(400), refuse(408), refuse(413));
    await bench.pause(bench.outageMs);
  },
};
