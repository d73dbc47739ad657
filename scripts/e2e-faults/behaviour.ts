import { setTimeout as sleep } from "node:timers/promises";

/** One request to the sink, as a behaviour deals with it. */
export interface Exchange {
  /** Where it came to: one of the paths that the sink has had. */
  path: string;
  /** Counts what the request holds. */
  take(): void;
  /** Answers; a 2xx belongs after `take`. */
  answer(status: number, headers?: Record<string, string>): void;
  /** Breaks the connection off without an answer. */
  reset(): void;
}

/** What the sink does with a request. */
export type Behaviour = (exchange: Exchange) => Promise<void> | void;

/** Takes it, and says so. */
export const accept: Behaviour = (exchange) => {
  exchange.take();
  exchange.answer(200);
};

/** Takes it, and says so after a while, if somebody still listens. */
export function acceptAfter(delayMs: number): Behaviour {
  return async (exchange) => {
    exchange.take();
    await sleep(delayMs, undefined, { ref: false });
    exchange.answer(200);
  };
}

/** Takes nothing. */
export function refuse(status: number, headers: Record<string, string> = {}): Behaviour {
  return (exchange) => exchange.answer(status, headers);
}

/** Takes nothing, and never answers. */
export const reset: Behaviour = (exchange) => exchange.reset();

/** Takes it, but every so many-th answer is lost on its way. */
export function loseEvery(nth: number): Behaviour {
  let count = 0;
  return (exchange) => {
    exchange.take();
    if (++count % nth === 0) exchange.reset();
    else exchange.answer(200);
  };
}

/** One behaviour, then the other, in turns of so long. */
export function inTurns(turnMs: number, ...behaviours: Behaviour[]): Behaviour {
  const beganAt = Date.now();
  return (exchange) => {
    const turn = Math.floor((Date.now() - beganAt) / turnMs) % behaviours.length;
    return behaviours[turn]!(exchange);
  };
}
