import type { Case } from "../case";

const EVERY_MS = 2_000;
const MANY = Object.fromEntries(
  Array.from({ length: 10_000 }, (_, i) => [`attribute.${i}`, `value ${i}`] as const),
);

export const attributes10000: Case = {
  name: "attributes-10000",
  does: "Somebody sends spans of 10,000 attributes, numbered like all others.",
  expects: { freshWithinMs: 2_000 },
  during: async (bench) => {
    for (const until = Date.now() + bench.outageMs; Date.now() < until; await bench.pause(EVERY_MS))
      bench.sendLarge({ spanAttributes: MANY });
  },
};
