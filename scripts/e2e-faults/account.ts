import { setTimeout as sleep } from "node:timers/promises";
import { type Signal, SIGNALS } from "../lib/otlp";
import { type Ask, FIND } from "./finders";
import { each, type Items, type Ledger, type Range } from "./ledger";
import type { Received } from "./sink";
import { Tally } from "./tally";

const LOCAL_EVERY_MS = 1_000;
const SECOND_EVERY_MS = 200;

/** What to wait for, and for how long. */
export interface Recovery {
  /** Number of the first request that is not waited for, or not yet. */
  before: () => number;
  /** From when on to count, in milliseconds since 1970. */
  beganAt: number;
  /** For how long nothing may be missing. */
  calmMs: number;
  /** What may be missing for good. */
  allowed: { local: () => Items; second: () => Items };
  /** How long in all, and while nothing comes. */
  patience: { withinMs: number; unchangedMs: number };
  ended: AbortSignal;
}

/** How long it took, in milliseconds; undefined: it did not come. */
export interface Recovered {
  local?: number;
  second?: number;
}

/** What of a case's items has turned up, on either side. */
export class Account {
  /** What the backends have, as far as they were asked. */
  readonly found = each(() => new Tally());
  private readonly excused: Range[] = [];
  private stopped = false;
  private keepingUp?: Promise<void>;

  constructor(
    private readonly ledger: Ledger,
    private readonly received: Received,
    private readonly ask: Ask,
  ) {}

  /** Requests that the second path need not have. */
  excuse(range: Range): void {
    this.excused.push(range);
  }

  /** What was found of a signal does not count any more: the backend has to be asked for all of it again. */
  findAnew(signal: Signal): void {
    this.found[signal] = new Tally();
  }

  /** Asks the backends now and then until `stop`, so that little is left to be asked for at once. */
  keepUp(everyMs: number): void {
    this.keepingUp = (async () => {
      for (; !this.stopped; await sleep(everyMs)) await this.missingLocally();
    })();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.keepingUp;
  }

  /** Asks the backends for each acknowledged item that they did not have so far. @returns how many are missing still */
  async missingLocally(before?: number): Promise<Items> {
    await Promise.all(
      SIGNALS.map(async (signal) => {
        const { ranges } = this.ledger.missing(signal, this.found[signal], { before });
        for (const range of ranges)
          // A backend that is away has nothing for now.
          await FIND[signal](this.ask, this.ledger, range, this.found[signal]).catch(() => undefined);
      }),
    );
    return each((signal) => this.ledger.missing(signal, this.found[signal], { before }).items);
  }

  /** How many acknowledged items have not come to the second path's end. */
  missingSecond(before?: number): Items {
    const { excused } = this;
    return each(
      (signal) => this.ledger.missing(signal, this.received.seen[signal], { before, excused }).items,
    );
  }

  /** How long it takes until what was sent is on either side, and stays so; but for what may be missing. */
  async recover({ before, beganAt, calmMs, allowed, patience, ended }: Recovery): Promise<Recovered> {
    const timeOf = async (missing: () => Promise<Items> | Items, may: () => Items, everyMs: number) => {
      let [least, changedAt] = [Infinity, Date.now()];
      for (let goodSince: number | undefined; !ended.aborted; await sleep(everyMs)) {
        const items = await missing();
        const good = SIGNALS.every((signal) => items[signal] <= may()[signal]);
        goodSince = good ? (goodSince ?? Date.now()) : undefined;
        if (goodSince !== undefined && Date.now() >= goodSince + calmMs) return goodSince - beganAt;
        if (good || sum(items) < least) changedAt = Date.now();
        least = good ? Infinity : Math.min(least, sum(items));
        if (Date.now() > Math.min(beganAt + patience.withinMs, changedAt + patience.unchangedMs))
          return undefined;
      }
      return undefined;
    };
    const [local, second] = await Promise.all([
      timeOf(() => this.missingLocally(before()), allowed.local, LOCAL_EVERY_MS),
      timeOf(() => this.missingSecond(before()), allowed.second, SECOND_EVERY_MS),
    ]);
    return { local, second };
  }

  /** Waits until all is on both sides, or nothing more comes. @returns what is missing then */
  async settle(patience: Recovery["patience"], ended: AbortSignal): Promise<{ local: Items; second: Items }> {
    const none = () => each(() => 0);
    await this.recover({
      before: () => Infinity,
      beganAt: Date.now(),
      calmMs: 0,
      allowed: { local: none, second: none },
      patience,
      ended,
    });
    return { local: await this.missingLocally(), second: this.missingSecond() };
  }
}

export function sum(items: Items): number {
  return SIGNALS.reduce((all, signal) => all + items[signal], 0);
}
