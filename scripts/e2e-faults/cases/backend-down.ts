import type { Case } from "../case";
import { BACKENDS } from "./backends";

export const backendDown: Case[] = BACKENDS.map(({ part, container, title }) => ({
  name: `${part}-down`,
  does: `${title} is away for the time of an outage.`,
  expects: { restarts: [container] },
  during: (bench) => bench.keepAway(part, bench.outageMs),
}));
