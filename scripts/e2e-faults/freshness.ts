import { setTimeout as sleep } from "node:timers/promises";
import { SIGNALS } from "../lib/otlp";
import { type Ask, FIND } from "./finders";
import type { Ledger } from "./ledger";
import { PER_REQUEST } from "./numbers";
import { Tally } from "./tally";

const LOOK_EVERY_MS = 100;
/** A request that takes longer is told as one that took so long. */
const PATIENCE_MS = 60_000;

/** Follows now and then one request from its acknowledgement to its backends, and keeps the longest time. */
export class Freshness {
  /** In milliseconds; undefined: none was followed to its end yet. */
  longestMs?: number;
  private done = false;
  private following?: Promise<void>;

  constructor(
    private readonly ledger: Ledger,
    private readonly ask: Ask,
  ) {}

  start(everyMs: number): void {
    this.following = (async () => {
      for (; !this.done; await sleep(everyMs)) await this.follow(this.ledger.made);
    })();
  }

  async stop(): Promise<void> {
    this.done = true;
    await this.following;
  }

  private async follow(request: number): Promise<void> {
    while (!this.ledger.isAcknowledged(request)) {
      if (this.done) return;
      await sleep(LOOK_EVERY_MS / 2);
    }
    const acknowledgedAt = performance.now();
    const elapsed = () => performance.now() - acknowledgedAt;
    const range = { from: request, to: request + 1 };
    await Promise.all(
      SIGNALS.map(async (signal) => {
        const first = request * PER_REQUEST[signal];
        const seen = new Tally();
        while (!seen.has(first) && elapsed() < PATIENCE_MS && !this.done) {
          await FIND[signal](this.ask, this.ledger, range, seen).catch(() => undefined);
          if (!seen.has(first)) await sleep(LOOK_EVERY_MS);
        }
      }),
    );
    this.longestMs = Math.max(this.longestMs ?? 0, elapsed());
  }
}
