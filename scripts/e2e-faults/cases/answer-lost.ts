import { loseEvery } from "../behaviour";
import type { Case } from "../case";

export const answerLost: Case = {
  name: "answer-lost",
  does: "The second path's end takes everything, and breaks the connection off before every third answer.",
  expects: { freshWithinMs: 2_000 },
  during: async (bench) => {
    bench.sink.behaviour = loseEvery(3);
    await bench.pause(bench.outageMs);
  },
};
