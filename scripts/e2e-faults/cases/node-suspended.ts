import { SIGNALS } from "../../lib/otlp";
import type { Case } from "../case";

export const nodeSuspended: Case = {
  name: "node-suspended",
  does: "The cluster's node stands still for the time of an outage, as on a suspended laptop, and goes on.",
  // What was on its way has no answer in time, and comes again.
  expects: { local: { cutOff: [...SIGNALS] }, alloyAway: true, resent: true },
  during: (bench) => bench.suspendNode(bench.outageMs),
};
