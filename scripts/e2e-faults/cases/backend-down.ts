import type { Case } from "../case";
import { containersOf } from "../kube";
import { BACKENDS } from "./backends";

export const backendDown: Case[] = BACKENDS.map(({ part, signal, title }) => ({
  name: `${part}-down`,
  does: `${title} is away for the time of an outage.`,
  expects: { local: { cutOff: [signal] }, restarts: containersOf(part) }, // as when it is stopped
  during: (bench) => bench.keepAway([part], bench.outageMs),
}));
