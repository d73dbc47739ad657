import type { Case } from "../case";
import { BACKENDS } from "./backends";

export const backendDown: Case[] = BACKENDS.map(({ part, signal, container, title }) => ({
  name: `${part}-down`,
  does: `${title} is away for the time of an outage.`,
  expects: { local: { cutOff: [signal] }, restarts: [container] }, // as when it is stopped
  during: (bench) => bench.keepAway([part], bench.outageMs),
}));
