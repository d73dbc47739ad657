import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { backoff } from "../../loadgen/backoff";
import { SIGNALS, type Signal } from "../lib/otlp";
import type { Door } from "./doors";
import type { Ledger, Range } from "./ledger";
import { STEP_US } from "./numbers";
import { type Bulk, payload } from "./payload";

/** How the numbered sender sends. */
export interface Sending {
  doors: Door[];
  /** Requests per second. */
  rate: number;
  /** From the first attempt, after which no other is begun; senders with an SDK keep on for a minute or so. */
  retryForMs: number;
}

const TICK_MS = 100;
const MAX_BACKOFF_MS = 2_000;

/** Sends numbered requests by the clock, each tick's through the next door, and keeps on until each has its answer. */
export class Sender {
  /** Requests per second, from now on. */
  rate: number;
  /** The longest that an attempt took so far. */
  longestMs = 0;
  private readonly underWay = new Set<Promise<void>>();
  private readonly halted = new AbortController();
  private timer?: NodeJS.Timeout;
  private dueAt = 0;
  private owed = 0;
  private ticks = 0;
  private lastUs = 0;

  constructor(
    private readonly ledger: Ledger,
    private readonly sending: Sending,
  ) {
    this.rate = sending.rate;
    setMaxListeners(0, this.halted.signal); // each delivery that waits is one
  }

  start(): void {
    this.dueAt = performance.now();
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  /** Makes no more requests, and tries none again. */
  halt(): void {
    clearInterval(this.timer);
    this.halted.abort();
  }

  /** Makes no more requests; resolves when each that was made has its answer, or has waited long enough. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.underWay);
    await Promise.all(this.sending.doors.splice(0).map((door) => door.close()));
  }

  /** Makes one more request through each door, the first item of which is a large one. */
  sendLarge(bulk: Bulk): void {
    for (const door of this.sending.doors) this.send(this.make(1), door, bulk);
  }

  private tick(): void {
    const now = performance.now();
    this.owed += ((now - this.dueAt) / 1_000) * this.rate;
    this.dueAt = now;
    const count = Math.floor(this.owed);
    this.owed -= count;
    if (count === 0) return;
    const range = this.make(count);
    const door = this.sending.doors[this.ticks++ % this.sending.doors.length]!;
    this.send(range, door);
  }

  private send(range: Range, door: Door, bulk?: Bulk): void {
    for (const signal of SIGNALS) {
      const delivery = this.deliver(signal, range, door, bulk).finally(() => this.underWay.delete(delivery));
      this.underWay.add(delivery);
    }
  }

  /** Requests of the last tick's time, evenly; their times only increase. */
  private make(count: number): Range {
    const from = this.ledger.made;
    const nowUs = Date.now() * 1_000;
    const stepUs = Math.max(STEP_US, Math.floor((TICK_MS * 1_000) / count));
    for (let k = count - 1; k >= 0; k--) {
      this.lastUs = Math.max(this.lastUs + STEP_US, nowUs - k * stepUs);
      this.ledger.timesUs.push(this.lastUs);
    }
    return { from, to: from + count };
  }

  private async deliver(signal: Signal, range: Range, door: Door, bulk?: Bulk): Promise<void> {
    const timesUs = this.ledger.timesUs.slice(range.from, range.to);
    const body = payload(signal, { run: this.ledger.run, from: range.from, timesUs }, bulk);
    const retryUntil = Date.now() + this.sending.retryForMs;
    for (const waitMs of backoff(MAX_BACKOFF_MS)) {
      const sentAt = performance.now();
      const outcome = await door.send(signal, body);
      this.longestMs = Math.max(this.longestMs, performance.now() - sentAt);
      if (outcome === "taken") return this.ledger.settle(signal, range, "acknowledged");
      this.ledger.note(outcome.said);
      if (outcome.unanswered) this.ledger.noteUnanswered(signal, range);
      if (!outcome.retryable) return this.ledger.settle(signal, range, "refused");
      const { signal: halted } = this.halted;
      if (Date.now() + waitMs > retryUntil || halted.aborted)
        return this.ledger.settle(signal, range, "given up");
      await sleep(waitMs, undefined, { signal: halted }).catch(() => {}); // woken to end
    }
  }
}
