import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../lib/fault";
import type { Signal } from "../lib/otlp";
import { waitUntil } from "../lib/wait";
import type { Stack } from "../lib/stack";
import type { Account } from "./account";
import type { Bench } from "./case";
import type { Part } from "./kube";
import type { Ledger, Range } from "./ledger";
import type { LiveStack } from "./live-stack";
import type { Meter } from "./meter";
import { PER_REQUEST } from "./numbers";
import type { Bulk } from "./payload";
import type { Sender } from "./sender";
import type { Sink } from "./sink";

/** What a case's bench is put together from. */
export interface BenchParts {
  sink: Sink;
  /** The sink's host, as the cluster sees it. */
  sinkSeenAs: string;
  otlp: Required<Stack>["otlp"];
  live: Pick<
    LiveStack,
    | "backlog"
    | "editAlloy"
    | "keepAway"
    | "kill"
    | "loseVolume"
    | "notReady"
    | "restartNode"
    | "suspendNode"
    | "setEndpoint"
    | "setSecondWrite"
    | "up"
    | "shipBlocks"
    | "shrinkVolume"
    | "tools"
    | "volumeOf"
    | "whileGone"
  >;
  meter: Meter;
  ledger: Ledger;
  sender: Sender;
  account: Account;
  options: { rate: number; outageMs: number; toggles: number };
  /** Aborted when somebody wants us to end. */
  ended: AbortSignal;
}

/** Thrown where a case waits, once somebody wants us to end. */
export class Interrupted extends Error {}

/** How long counters are looked at without a pause when their program is about to end. */
const LAST_LOOKS_MS = 5_000;
const LAST_LOOKS_EVERY_MS = 100;
const READY_WITHIN_MS = 300_000;
const DRAINED_WITHIN_MS = 600_000;

/** The bench of one case on a running stack. */
export class CaseBench implements Bench {
  readonly remarks: string[] = [];
  readonly faults: string[] = [];

  constructor(private readonly parts: BenchParts) {}

  get sink(): Sink {
    return this.parts.sink;
  }
  get otlp(): Required<Stack>["otlp"] {
    return this.parts.otlp;
  }
  get outageMs(): number {
    return this.parts.options.outageMs;
  }
  get rate(): number {
    return this.parts.options.rate;
  }
  get longestMs(): number {
    return this.parts.sender.longestMs;
  }
  get toggles(): number {
    return this.parts.options.toggles;
  }

  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.parts.ended }).catch(() => {
      throw new Interrupted();
    });
  }

  async until(missing: () => Promise<string | undefined>, withinMs: number): Promise<void> {
    const { ended } = this.parts;
    const look = () => (ended.aborted ? Promise.resolve(undefined) : missing());
    const stuck = await waitUntil(look, { withinMs, everyMs: 250 });
    if (ended.aborted) throw new Interrupted();
    if (stuck !== undefined) throw new Fault(`Waited ${withinMs / 1_000} s, and still ${stuck}.`);
  }

  speedUp(factor: number): void {
    this.parts.sender.rate = factor * this.parts.options.rate;
  }

  sendLarge(bulk: Bulk): void {
    this.parts.sender.sendLarge(bulk);
  }

  async stop(part: Part): Promise<void> {
    await this.parts.meter.look([part]);
    await this.parts.live.tools.kube.deletePod(part);
    void this.lastLooks(part);
  }

  async kill(part: Part): Promise<void> {
    await this.parts.meter.look([part]);
    await this.parts.live.kill(part, "KILL");
  }

  async end(part: Part): Promise<void> {
    await this.parts.meter.look([part]);
    await this.parts.live.kill(part, "TERM");
    void this.lastLooks(part);
  }

  keepAway(parts: readonly Part[], ms: number): Promise<void> {
    return this.parts.live.keepAway(parts, async () => {
      for (const part of parts) void this.lastLooks(part);
      await this.pause(ms);
    });
  }

  whileGone(part: Part, body: () => Promise<void>): Promise<void> {
    void this.lastLooks(part);
    return this.parts.live.whileGone(part, body);
  }

  shipBlocks(): Promise<void> {
    return this.parts.live.shipBlocks();
  }

  loseVolume(part: Part): Promise<void> {
    return this.parts.live.loseVolume(part);
  }

  findAnew(signal: Signal): void {
    this.parts.account.findAnew(signal);
  }

  async rollOutAlloy(): Promise<void> {
    await this.parts.live.tools.kube.rollOut("alloy");
    void this.lastLooks("alloy");
    await this.pause(2_000); // until when the old pod is still the one that is ready
    await this.until(() => this.parts.live.notReady(["alloy"]), READY_WITHIN_MS);
  }

  editAlloy(edit: (text: string) => string): Promise<void> {
    return this.parts.live.editAlloy(edit);
  }

  drained(mayWait: number): Promise<void> {
    return this.until(() => this.parts.live.backlog(mayWait), DRAINED_WITHIN_MS);
  }

  setSecondWrite(enabled: boolean, beforeUp?: () => void): Promise<number> {
    return this.parts.live.setSecondWrite(enabled, beforeUp);
  }

  async changeEndpoint(): Promise<void> {
    const { live, sink, sinkSeenAs } = this.parts;
    sink.move();
    await live.setEndpoint(sink.url(sinkSeenAs));
    await live.up();
  }

  acknowledged(): number {
    return this.parts.ledger.items("acknowledged").traces / PER_REQUEST.traces;
  }

  next(): number {
    return this.parts.ledger.made;
  }

  excuse(range: Range): void {
    this.parts.account.excuse(range);
  }

  restartNode(): Promise<void> {
    return this.parts.live.restartNode();
  }

  suspendNode(ms: number): Promise<void> {
    return this.parts.live.suspendNode(() => this.pause(ms));
  }

  shrinkVolume(part: Part, spareMiB: number): Promise<void> {
    return this.parts.live.shrinkVolume(part, spareMiB);
  }

  async fillVolume(part: Part): Promise<void> {
    await this.parts.live.tools.shell.fill(await this.parts.live.volumeOf(part));
  }

  async emptyVolume(part: Part): Promise<void> {
    await this.parts.live.tools.shell.empty(await this.parts.live.volumeOf(part));
  }

  remark(text: string): void {
    this.remarks.push(text);
  }

  fault(text: string): void {
    this.faults.push(text);
  }

  /** Counts what a program that ends still takes. */
  private async lastLooks(part: Part): Promise<void> {
    const until = Date.now() + LAST_LOOKS_MS;
    while (Date.now() < until && !this.parts.ended.aborted) {
      await this.parts.meter.look([part]);
      await sleep(LAST_LOOKS_EVERY_MS);
    }
  }
}
