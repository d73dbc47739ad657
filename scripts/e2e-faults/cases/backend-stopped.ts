import type { Case } from "../case";
import { BACKENDS } from "./backends";

export const backendStopped: Case[] = BACKENDS.map(({ part, container, title }) => ({
  name: `${part}-stopped`,
  does: `${title} gets a SIGTERM, and another pod takes its place.`,
  expects: { unaided: true, restarts: [container] },
  during: (bench) => bench.stop(part),
}));
