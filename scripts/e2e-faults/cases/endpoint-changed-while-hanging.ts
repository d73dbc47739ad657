import { accept, acceptAfter } from "../behaviour";
import type { Case } from "../case";

const HANGS_MS = 30_000;
const BACKLOG_MS = 5_000;
/** Until the kubelet has brought the new address to Alloy's pod. */
const THERE_WITHIN_MS = 180_000;

export const endpointChangedWhileHanging: Case = {
  name: "endpoint-changed-while-hanging",
  does: "The second path's end takes 30 s for each answer, and `sumoEndpoint` is set to one that answers at once.",
  // Each exporter ends when its answers are there or too late, and who sends by it waits meanwhile: for less than 10 s.
  expects: { freshWithinMs: 10_000 },
  during: async (bench) => {
    const hangs = acceptAfter(HANGS_MS);
    const former = bench.sink.path;
    let isThere = false;
    bench.sink.behaviour = (exchange) => {
      isThere ||= exchange.path !== former;
      return exchange.path === former ? hangs(exchange) : accept(exchange);
    };
    await bench.pause(BACKLOG_MS);
    await bench.changeEndpoint();
    await bench.until(
      () => Promise.resolve(isThere ? undefined : "nothing has come to the new address"),
      THERE_WITHIN_MS,
    );
    bench.remark(`a sender's longest attempt took ${bench.longestMs.toFixed(0)} ms`);
  },
};
