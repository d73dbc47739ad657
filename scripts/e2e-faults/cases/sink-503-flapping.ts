import { accept, inTurns, refuse } from "../behaviour";
import type { Case } from "../case";

export const sink503Flapping: Case = {
  name: "sink-503-flapping",
  does: "The second path's end answers 503 and 200 in turns of two seconds.",
  expects: { freshWithinMs: 2_000 },
  during: async (bench) => {
    bench.sink.behaviour = inTurns(2_000, refuse(503), accept);
    await bench.pause(bench.outageMs);
  },
};
