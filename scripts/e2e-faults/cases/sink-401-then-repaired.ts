import { refuse } from "../behaviour";
import type { Case } from "../case";

export const sink401ThenRepaired: Case = {
  name: "sink-401-then-repaired",
  does: "The second path's end answers 401 until its token is put right.",
  expects: { second: { lost: "counted" }, freshWithinMs: 2_000 },
  during: async (bench) => {
    bench.sink.behaviour = refuse(401);
    await bench.pause(bench.outageMs);
  },
};
