import { type Resources, resources } from "./shared";

/** The size of every container we run. `npm run plan` prints the sums and a test holds them to the charts' renders. */
export const SIZE = {
  /** Completing a block takes a few hundred MiB for a moment: 442 were seen at 1,000 requests/s, and 512 then killed it. */
  tempo: resources({ cpu: [100, 500], memory: [256, 1024] }),
  tempoRoom: resources({ cpu: [10, 50], memory: [16, 32] }),
  loki: resources({ cpu: [100, 500], memory: [256, 512] }),
  mimirIngester: resources({ cpu: [100, 500], memory: [256, 512] }),
  /** Each of Mimir's six other pods. */
  mimirSmall: resources({ cpu: [50, 250], memory: [128, 256] }),
  // Grafana 13 has been seen at 220–340 MiB.
  grafana: resources({ cpu: [50, 250], memory: [128, 512] }),
  alloy: resources({ cpu: [100, 500], memory: [128, 256] }),
  alloyReloader: resources({ cpu: [10, 50], memory: [32, 64] }),
  sumoStandIn: resources({ cpu: [20, 200], memory: [64, 128] }),
} satisfies Record<string, Resources>;
