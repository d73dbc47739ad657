import type { Case } from "../case";
import { BACKENDS } from "./backends";

/** What Tempo holds in memory until a trace is idle and looked at (values/tempo.ts). */
const TEMPO_IN_MEMORY_MS = 2_000;

export const backendKilled: Case[] = BACKENDS.map(({ part, signal, container, title }) => ({
  name: `${part}-killed`,
  does: `${title} gets a SIGKILL.`,
  expects: {
    unaided: true,
    local: {
      lost: part === "tempo" ? { traces: TEMPO_IN_MEMORY_MS } : {},
      cutOff: [signal], // what it had taken, and not yet said so
    },
    restarts: [container],
  },
  during: (bench) => bench.kill(part),
}));
