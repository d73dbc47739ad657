import { SIGNALS } from "../../lib/otlp";
import type { Case } from "../case";
import { containersOf } from "../kube";

const AWAY = ["tempo", "loki", "mimir-ingester"] as const;

export const allDown: Case = {
  name: "all-down",
  does: "Tempo, Loki and Mimir's ingester are away for the time of an outage, and nobody listens at the second path's end.",
  expects: {
    local: { cutOff: [...SIGNALS] }, // as when they are stopped
    restarts: AWAY.flatMap(containersOf),
  },
  during: async (bench) => {
    await bench.sink.down();
    await bench.keepAway(AWAY, bench.outageMs);
  },
};
