import type { Case } from "../case";

/** What Alloy holds before it is on disk. */
const IN_MEMORY_MS = 200;
/** What a backend was taking, or had taken, and Alloy had not yet struck off its queue: a flush and a request's time. */
const ON_ITS_WAY_MS = 500;

export const alloyKilledInOutage: Case = {
  name: "alloy-killed-in-outage",
  does: "Alloy gets a SIGKILL while nobody listens at the second path's end.",
  expects: {
    local: {
      lost: { traces: IN_MEMORY_MS, logs: IN_MEMORY_MS, metrics: IN_MEMORY_MS },
      repeated: ON_ITS_WAY_MS,
    },
    second: { lost: IN_MEMORY_MS, repeated: IN_MEMORY_MS },
    alloyAway: true,
    resent: true,
    restarts: ["alloy"],
  },
  during: async (bench) => {
    await bench.sink.down();
    await bench.pause(bench.outageMs / 2);
    await bench.kill("alloy");
    await bench.pause(bench.outageMs / 2);
  },
};
