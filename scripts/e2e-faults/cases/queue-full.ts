import { Fault } from "../../lib/fault";
import type { Case } from "../case";

/** Some seconds of spans at 100 requests/s. */
const SMALL_QUEUE_BYTES = 2_000_000;
const QUEUE_SIZE = /(otelcol\.exporter\.otlphttp "sumo_\w+" \{.*?queue_size\s*=\s*)\d+/gs;

export const queueFull: Case = {
  name: "queue-full",
  does: "The second path's queues, made small (2 MB) for this, are full, and nobody listens at its end.",
  expects: { second: { lost: "counted" }, freshWithinMs: 2_000 },
  before: (bench) => bench.editAlloy(withSmallQueue),
  during: async (bench) => {
    await bench.sink.down();
    await bench.pause(bench.outageMs);
  },
  // Alloy counts anew from when its configuration is put back: by then nothing may be refused any more.
  mend: (bench) => bench.drained(SMALL_QUEUE_BYTES / 2),
};

function withSmallQueue(text: string): string {
  const edited = text.replace(QUEUE_SIZE, `$1${SMALL_QUEUE_BYTES}`);
  if (edited === text) throw new Fault("Alloy's configuration has no queue_size for the second path.");
  return edited;
}
