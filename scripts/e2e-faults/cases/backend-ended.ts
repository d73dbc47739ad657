import type { Case } from "../case";
import { BACKENDS } from "./backends";

export const backendEnded: Case[] = BACKENDS.map(({ part, signal, container, title }) => ({
  name: `${part}-ended`,
  does: `${title} gets a SIGTERM, and is started again in its pod.`,
  expects: {
    unaided: true,
    local: { cutOff: [signal] }, // what it had read as it ended, and did not answer any more
    restarts: [container],
  },
  during: (bench) => bench.end(part),
}));
