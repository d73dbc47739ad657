import { refuse } from "../behaviour";
import type { Case } from "../case";

export const sink429: Case = {
  name: "sink-429",
  does: "The second path's end answers 429 with Retry-After: 5.",
  expects: { freshWithinMs: 2_000 },
  during: async (bench) => {
    bench.sink.behaviour = refuse(429, { "retry-after": "5" });
    await bench.pause(bench.outageMs);
  },
};
