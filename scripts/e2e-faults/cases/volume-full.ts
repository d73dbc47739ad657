import { MEBIBYTES } from "../../../values/tempo-room";
import type { Case } from "../case";
import { PARTS } from "../kube";

/** Room beyond what the volume holds, for the load before it is filled; of Tempo's so much that it takes spans again. */
const SPARE_MIB = { tempo: MEBIBYTES.openFrom + 96, loki: 64, "mimir-ingester": 64, alloy: 64 };

export const volumeFull: Case[] = (Object.keys(SPARE_MIB) as (keyof typeof SPARE_MIB)[]).map((part) => ({
  name: `${part}-volume-full`,
  does: `The volume of ${PARTS[part].title}, a small file system for this, has no room for the time of an outage.`,
  expects: { restarts: [PARTS[part].container] },
  before: (bench) => bench.shrinkVolume(part, SPARE_MIB[part]),
  during: async (bench) => {
    await bench.fillVolume(part);
    await bench.pause(bench.outageMs);
  },
  mend: (bench) => bench.emptyVolume(part),
}));
