import type { Case } from "../case";
import { containersOf } from "../kube";
import { BACKENDS } from "./backends";

export const backendStopped: Case[] = BACKENDS.map(({ part, signal, title }) => ({
  name: `${part}-stopped`,
  does: `${title} gets a SIGTERM, and another pod takes its place.`,
  expects: {
    unaided: true,
    local: { cutOff: [signal] }, // what it had read as it ended, and did not answer any more
    restarts: containersOf(part),
  },
  during: (bench) => bench.stop(part),
}));
