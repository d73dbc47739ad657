import { acceptAfter } from "../behaviour";
import type { Case } from "../case";

const HANGS_MS = 30_000;

export const sinkHangs: Case = {
  name: "sink-hangs",
  does: "The second path's end takes 30 s for each answer.",
  expects: { freshWithinMs: 2_000 },
  during: async (bench) => {
    bench.sink.behaviour = acceptAfter(HANGS_MS);
    await bench.pause(Math.max(bench.outageMs, HANGS_MS));
  },
};
