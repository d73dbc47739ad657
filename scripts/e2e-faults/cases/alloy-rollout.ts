import type { Case } from "../case";
import { containersOf } from "../kube";

export const alloyRollout: Case = {
  name: "alloy-rollout",
  does: "Alloy's pod is replaced by a new one, as `kubectl rollout restart` does.",
  expects: { unaided: true, alloyAway: true, restarts: containersOf("alloy") },
  during: (bench) => bench.rollOutAlloy(),
};
