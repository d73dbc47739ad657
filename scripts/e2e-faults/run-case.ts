import { type Signal, SIGNALS } from "../lib/otlp";
import { Account } from "./account";
import { type Attempts, readAttempts } from "./alloy-log";
import type { Case, Outcome } from "./case";
import { type BenchParts, CaseBench } from "./case-bench";
import { Containers } from "./containers";
import { accept } from "./behaviour";
import { GrpcDoor, HttpDoor } from "./doors";
import type { Ask } from "./finders";
import { Freshness } from "./freshness";
import type { Part } from "./kube";
import { mayLose } from "./judge";
import { each, type Items, Ledger } from "./ledger";
import { Meter, type ReadPage } from "./meter";
import { newRun } from "./numbers";
import { Sender } from "./sender";
import type { Change } from "./undo";

/** What every case is run with. */
export interface Rig extends Pick<BenchParts, "sink" | "otlp" | "live" | "ended"> {
  ask: Ask;
  readPage: ReadPage;
  /** Alloy's log from a time on, as far as it is still there. */
  readAlloyLog: (since: Date) => Promise<string>;
  /** The kubelet's page of containers. */
  readContainers: () => Promise<string>;
  namespace: string;
  options: BenchParts["options"] & {
    /** How long the load goes on before the fault, and at least after it. */
    loadMs: number;
  };
  /** Puts back what the case has changed, but for the settings of all cases: all of it, or what `which` picks. */
  putBack: (which?: (change: Change) => boolean) => Promise<void>;
}

/** From a request's first attempt, after which its sender gives up: longer than any part may be away. */
const RETRY_FOR_MS = 300_000;
/** A backlog may take as long as the outage. What starts anew on a slow machine is silent for a while. */
const RECOVERY = { withinMs: 900_000, unchangedMs: 150_000 };
/** By then all parts run, so what does not come soon never comes. */
const SETTLING = { withinMs: 60_000, unchangedMs: 15_000 };
/** What was sent so long ago has to be there, when nobody has to mend anything; and for how long it has to stay so. */
const SOON_MS = 2_000;
const CALM_MS = 15_000;
const KEEP_UP_EVERY_MS = 3_000;
const COUNTERS_EVERY_MS = 1_000;
const CONTAINERS_EVERY_MS = 5_000;

const BACKEND: Record<Signal, Part> = { traces: "tempo", logs: "loki", metrics: "mimir-distributor" };

/** Runs one case to its end, and counts. @throws Fault, Interrupted when it cannot be; then, too, it is mended */
export async function runCase(one: Case, rig: Rig): Promise<Outcome> {
  const { sink, otlp, options } = rig;
  const ledger = new Ledger(newRun());
  const received = sink.received(ledger.run);
  const account = new Account(ledger, received, rig.ask);
  const meter = new Meter(rig.readPage);
  const containers = new Containers(rig.readContainers, rig.namespace);
  const doors = [new GrpcDoor(otlp), new HttpDoor(otlp)];
  const sender = new Sender(ledger, { doors, rate: options.rate, retryForMs: RETRY_FOR_MS });
  const fresh = new Freshness(ledger, rig.ask);
  const bench = new CaseBench({ ...rig, meter, ledger, sender, account });
  const dropped = () =>
    each((signal) => meter.growth(`failed ${signal}`) + meter.growth(`no room ${signal}`));
  const may = () => mayLose(one.expects, options.rate, dropped());
  let mended = false;
  const mend = async () => {
    sink.behaviour = accept;
    await sink.up();
    if (!mended) await one.mend?.(bench);
    mended = true;
    await meter.look();
    // To have its own volume again, a backend has to be started anew: that has time until all is counted.
    await rig.putBack(({ what }) => what !== "volume");
  };
  try {
    await one.before?.(bench);
    sink.takeNotes();
    await meter.reset();
    await containers.look();
    containers.follow(CONTAINERS_EVERY_MS);
    meter.follow(COUNTERS_EVERY_MS);
    account.keepUp(KEEP_UP_EVERY_MS);
    const startedAt = new Date();
    sender.start();
    await bench.pause(options.loadMs);
    fresh.start();
    const brokenAt = Date.now();
    await one.during(bench);
    await account.stop();
    await mend();
    const mendedBefore = ledger.made;
    const [recoveredMs] = await Promise.all([
      account.recover({
        ...(one.expects.unaided
          ? { before: () => ledger.madeBefore(Date.now() - SOON_MS), beganAt: brokenAt, calmMs: CALM_MS }
          : { before: () => mendedBefore, beganAt: Date.now(), calmMs: 0 }),
        allowed: { local: () => may().local, second: () => may().second },
        patience: RECOVERY,
        ended: rig.ended,
      }),
      bench.pause(options.loadMs),
    ]);
    await fresh.stop();
    await sender.stop();
    const lost = await account.settle(SETTLING, rig.ended);
    await meter.look();
    await containers.look();
    return {
      name: one.name,
      rate: options.rate,
      acknowledged: ledger.items("acknowledged"),
      local: {
        ...localOutcome(lost.local, account, meter),
        ...readAttempts(await rig.readAlloyLog(startedAt).catch(() => "")),
      },
      second: {
        lost: lost.second,
        repeated: each((signal) => received.seen[signal].repeated),
        unanswered: { ...received.unanswered },
        dropped: dropped(),
        ...sink.takeNotes(),
      },
      sender: {
        refused: ledger.items("refused"),
        givenUp: ledger.items("given up"),
        unanswered: { ...ledger.unanswered },
        errors: Object.fromEntries(ledger.errors),
      },
      recoveredMs,
      freshMs: fresh.longestMs,
      alloyMemory: containers.alloyMemory,
      restarts: containers.restarts,
      remarks: bench.remarks,
      faults: bench.faults,
    };
  } finally {
    containers.stop();
    meter.stop();
    sender.halt();
    await Promise.all([fresh.stop(), account.stop()]);
    await mend();
    await rig.putBack();
  }
}

function localOutcome(lost: Items, { found }: Account, meter: Meter): Omit<Outcome["local"], keyof Attempts> {
  return {
    lost,
    // What was lost may have been read, too, before it was.
    repeated: each((signal) =>
      Math.max(0, meter.growth(`received ${signal}`) - found[signal].distinct - lost[signal]),
    ),
    discarded: each(
      (signal) =>
        meter.growth(`discarded ${signal}`) +
        (signal === "metrics" ? meter.growth("discarded metrics, ingester") : 0),
    ),
    restarted: SIGNALS.filter((signal) => meter.hasRestarted(BACKEND[signal])),
  };
}
