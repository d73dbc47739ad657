import type { Case } from "../case";

const SIZES = [1_500_000, 3_000_000];

export const oneLargeItem: Case = {
  name: "one-large-item",
  does: "Among the others come a span and a log record of 1.5 MB each, and then of 3 MB.",
  expects: { freshWithinMs: 2_000 },
  during: async (bench) => {
    for (const size of SIZES) {
      const text = "x".repeat(size);
      bench.sendLarge({ spanAttributes: { large: text }, text });
      await bench.pause(bench.outageMs / SIZES.length);
    }
  },
};
