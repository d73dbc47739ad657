import type { Case } from "../case";

/** Until the compactor has listed a block, and store-gateway and querier have read the list: 3.4 min by values/mimir.ts. */
const HIDDEN_FOR_MS = 300_000;

export const mimirIngesterDiskLost: Case = {
  name: "mimir-ingester-disk-lost",
  does: "Mimir's ingester ships what it holds, and starts anew with nothing on its volume; meanwhile, no distributor is there.",
  expects: { hiddenForMs: HIDDEN_FOR_MS, restarts: ["ingester", "distributor"] },
  during: async (bench) => {
    // With a distributor, the ingester would take something between the two, and that would be lost.
    await bench.whileGone("mimir-distributor", async () => {
      await bench.shipBlocks();
      await bench.loseVolume("mimir-ingester");
    });
    bench.findAnew("metrics"); // from the shared blocks, now
  },
};
