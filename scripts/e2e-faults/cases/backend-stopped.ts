import type { Case } from "../case";
import { BACKENDS } from "./backends";

export const backendStopped: Case[] = BACKENDS.map(({ part, signal, container, title }) => ({
  name: `${part}-stopped`,
  does: `${title} gets a SIGTERM, and another pod takes its place.`,
  expects: {
    unaided: true,
    local: { cutOff: [signal] }, // what it had read as it ended, and did not answer any more
    restarts: [container],
  },
  during: (bench) => bench.stop(part),
}));
