import type { Case } from "../case";

export const alloyRollout: Case = {
  name: "alloy-rollout",
  does: "Alloy's pod is replaced by a new one, as `kubectl rollout restart` does.",
  expects: { unaided: true, alloyAway: true, restarts: ["alloy", "config-reloader"] },
  during: (bench) => bench.rollOutAlloy(),
};
