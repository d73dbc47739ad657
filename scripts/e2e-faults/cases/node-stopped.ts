import type { Case } from "../case";

export const nodeStopped: Case = {
  name: "node-stopped",
  does: "The cluster's node is stopped, and started again.",
  expects: { unaided: true, alloyAway: true, restarts: "all" },
  during: (bench) => bench.restartNode(),
};
