import { SIGNALS } from "../../lib/otlp";
import { refuse } from "../behaviour";
import type { Case } from "../case";

const RETRY_AFTER_S = 5;
/** What sends side by side from each of Alloy's queues, of which every signal has one (num_consumers). */
const WORKERS = 10;

export const sink429: Case = {
  name: "sink-429",
  does: `The second path's end answers 429 with Retry-After: ${RETRY_AFTER_S}.`,
  expects: { freshWithinMs: 2_000 },
  during: async (bench) => {
    let refused = 0;
    const answer = refuse(429, { "retry-after": String(RETRY_AFTER_S) });
    bench.sink.behaviour = (exchange) => {
      refused++;
      return answer(exchange);
    };
    await bench.pause(bench.outageMs);
    const most = WORKERS * SIGNALS.length * (Math.floor(bench.outageMs / 1_000 / RETRY_AFTER_S) + 1);
    if (refused > most)
      bench.fault(`Alloy was told ${refused} times to wait, and by Retry-After ${most} times are due`);
    else bench.remark(`Alloy was told ${refused} times to wait`);
  },
};
