import type { Case } from "../case";
import type { Part } from "../kube";

/** Room beyond what the volume holds, for the load before it is filled. */
const SPARE_MIB = 64;

const VOLUMES: { part: Part; container: string; title: string }[] = [
  { part: "tempo", container: "tempo", title: "Tempo" },
  { part: "loki", container: "loki", title: "Loki" },
  { part: "mimir-ingester", container: "ingester", title: "Mimir's ingester" },
  { part: "alloy", container: "alloy", title: "Alloy" },
];

export const volumeFull: Case[] = VOLUMES.map(({ part, container, title }) => ({
  name: `${part}-volume-full`,
  does: `The volume of ${title}, a small file system for this, has no room for the time of an outage.`,
  expects: { restarts: [container] },
  before: (bench) => bench.shrinkVolume(part, SPARE_MIB),
  during: async (bench) => {
    await bench.fillVolume(part);
    await bench.pause(bench.outageMs);
  },
  mend: (bench) => bench.emptyVolume(part),
}));
