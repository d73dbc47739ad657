import type { Case } from "../case";
import { PARTS } from "../kube";

/** Room beyond what the volume holds, for the load before it is filled. */
const SPARE_MIB = 64;

const VOLUMES = ["tempo", "loki", "mimir-ingester", "alloy"] as const;

export const volumeFull: Case[] = VOLUMES.map((part) => ({
  name: `${part}-volume-full`,
  does: `The volume of ${PARTS[part].title}, a small file system for this, has no room for the time of an outage.`,
  expects: { restarts: [PARTS[part].container] },
  before: (bench) => bench.shrinkVolume(part, SPARE_MIB),
  during: async (bench) => {
    await bench.fillVolume(part);
    await bench.pause(bench.outageMs);
  },
  mend: (bench) => bench.emptyVolume(part),
}));
