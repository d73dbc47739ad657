import { waitUntil } from "../lib/wait";
import { Account } from "./account";
import { readAttempts } from "./attempts";
import type { Case, Outcome } from "./case";
import { type BenchParts, CaseBench } from "./case-bench";
import { Containers } from "./containers";
import { accept } from "./behaviour";
import { type Door, GrpcDoor, HttpDoor } from "./doors";
import type { Ask } from "./finders";
import { Freshness } from "./freshness";
import { mayLose } from "./judge";
import { each, type Items, Ledger } from "./ledger";
import { companyOf, localOutcome } from "./local-outcome";
import { Meter, type ReadPage } from "./meter";
import { newRun } from "./numbers";
import { Sender } from "./sender";
import type { Received } from "./sink";
import type { Change } from "./undo";

/** What every case is run with. */
export interface Rig extends Pick<BenchParts, "sink" | "sinkSeenAs" | "otlp" | "live" | "ended"> {
  /** The ways into Alloy; by default, its two. */
  doors?: () => Door[];
  ask: Ask;
  readPage: ReadPage;
  /** Alloy's log from a time on, as far as it is still there. */
  readAlloyLog: (since: Date) => Promise<string>;
  /** The kubelet's page of containers. */
  readContainers: () => Promise<string>;
  namespace: string;
  tell: (text: string) => void;
  options: BenchParts["options"] & {
    /** How long the load goes on before the fault, and at least after it. */
    loadMs: number;
  };
  /** Puts back what the case has changed, but for the settings of all cases: all of it, or what `which` picks. */
  putBack: (which?: (change: Change) => boolean) => Promise<void>;
}

/** How long things take. */
export const TIMES = {
  /** Beyond an outage, from a request's first attempt: after that its sender gives up. */
  retryForMs: 300_000,
  /** A backlog may take as long as the outage. What starts anew on a slow machine is silent for a while. */
  recovery: { withinMs: 900_000, unchangedMs: 150_000 },
  /** At the end all parts run, so what does not come soon never comes. */
  settling: { withinMs: 60_000, unchangedMs: 15_000 },
  /** What was sent so long ago has to be there, when nobody has to mend anything; and for how long it has to stay so. */
  soonMs: 2_000,
  calmMs: 15_000,
  keepUpEveryMs: 3_000,
  freshEveryMs: 1_000,
  countersEveryMs: 1_000,
  containersEveryMs: 5_000,
};

/** Runs one case to its end, and counts. @throws Fault, Interrupted when it cannot be; then, too, it is mended */
export async function runCase(one: Case, rig: Rig, times = TIMES): Promise<Outcome> {
  const run = new CaseRun(one, rig, times);
  let outcome: Outcome;
  try {
    await run.begin();
    await run.breakAndMend();
    outcome = await run.count();
  } catch (error) {
    // What went wrong first is what has to be told; what is not put back then is known, and put back at the end.
    await run
      .end()
      .catch((later: Error) => rig.tell(`${one.name} could not be mended at once: ${later.message}`));
    throw error;
  }
  await run.end();
  return outcome;
}

class CaseRun {
  private readonly ledger = new Ledger(newRun());
  private readonly received: Received;
  private readonly account: Account;
  private readonly meter: Meter;
  private readonly containers: Containers;
  private readonly sender: Sender;
  private readonly fresh: Freshness;
  private readonly bench: CaseBench;
  private startedAt = new Date();
  private recoveredMs: Outcome["recoveredMs"] = {};
  private mended = false;

  constructor(
    private readonly one: Case,
    private readonly rig: Rig,
    private readonly times: typeof TIMES,
  ) {
    const { ledger } = this;
    const doors = rig.doors?.() ?? [new GrpcDoor(rig.otlp), new HttpDoor(rig.otlp)];
    this.received = rig.sink.received(ledger.run);
    this.account = new Account(ledger, this.received, rig.ask);
    this.meter = new Meter(rig.readPage);
    this.containers = new Containers(rig.readContainers, rig.namespace);
    const retryForMs = rig.options.outageMs + times.retryForMs;
    this.sender = new Sender(ledger, { doors, rate: rig.options.rate, retryForMs });
    this.fresh = new Freshness(ledger, rig.ask);
    this.bench = new CaseBench({ ...rig, ...this.parts });
  }

  /** Prepares the fault, and begins the load and all counting. */
  async begin(): Promise<void> {
    const { account, containers, meter, times } = this;
    await this.one.before?.(this.bench);
    this.rig.sink.takeNotes();
    await meter.reset();
    await containers.look();
    containers.follow(times.containersEveryMs);
    meter.follow(times.countersEveryMs);
    account.keepUp(times.keepUpEveryMs);
    this.startedAt = new Date();
    this.sender.start();
    await this.bench.pause(this.rig.options.loadMs);
    this.fresh.start(times.freshEveryMs);
  }

  /** Breaks and mends it under load, and waits until all is there again. */
  async breakAndMend(): Promise<void> {
    const { account, bench, ledger, one, rig, times } = this;
    const brokenAt = Date.now();
    await one.during(bench);
    await account.stop();
    await this.mend();
    const before = ledger.made;
    const unaided = {
      before: () => ledger.madeBefore(Date.now() - times.soonMs),
      beganAt: brokenAt,
      calmMs: times.calmMs,
    };
    const mended = { before: () => before, beganAt: Date.now(), calmMs: 0 };
    const unchangedMs = Math.max(times.recovery.unchangedMs, one.expects.hiddenForMs ?? 0);
    const allowed = { local: () => this.may().local, second: () => this.may().second };
    [this.recoveredMs] = await Promise.all([
      account.recover({
        ...(one.expects.unaided ? unaided : mended),
        allowed,
        patience: { ...times.recovery, unchangedMs },
        ended: rig.ended,
      }),
      bench.pause(rig.options.loadMs),
    ]);
  }

  /** Ends the load, and looks for every item. */
  async count(): Promise<Outcome> {
    const { account, bench, containers, fresh, ledger, meter, received, rig, sender } = this;
    await fresh.stop();
    await sender.stop();
    // What had no answer comes again, if it does, long after it was there for the first time.
    const backlog = () => (rig.ended.aborted ? Promise.resolve(undefined) : rig.live.backlog(0));
    await waitUntil(backlog, { withinMs: this.times.recovery.withinMs, everyMs: 500 });
    const lost = await account.settle(this.times.settling, rig.ended);
    await meter.look();
    await containers.look();
    const company = companyOf(ledger, meter);
    return {
      name: this.one.name,
      rate: rig.options.rate,
      acknowledged: ledger.items("acknowledged"),
      local: {
        ...localOutcome(lost.local, { ledger, account, meter, company }),
        ...readAttempts(await rig.readAlloyLog(this.startedAt).catch(() => "")),
      },
      second: {
        lost: lost.second,
        repeated: each((signal) => received.seen[signal].repeated),
        unanswered: { ...received.unanswered },
        dropped: this.dropped(),
        ...rig.sink.takeNotes(),
      },
      sender: {
        refused: ledger.items("refused"),
        givenUp: ledger.items("given up"),
        unanswered: { ...ledger.unanswered },
        errors: Object.fromEntries(ledger.errors),
        longestMs: sender.longestMs,
      },
      company,
      recoveredMs: this.recoveredMs,
      freshMs: fresh.longestMs,
      alloyMemory: containers.alloyMemory,
      restarts: containers.restarts,
      remarks: bench.remarks,
      faults: bench.faults,
    };
  }

  /** However it went: nothing goes on, and nothing stays broken. */
  async end(): Promise<void> {
    this.containers.stop();
    this.meter.stop();
    this.sender.halt();
    await Promise.all([this.fresh.stop(), this.account.stop(), this.sender.stop()]);
    try {
      await this.mend();
    } finally {
      await this.rig.putBack();
    }
  }

  private get parts() {
    const { account, ledger, meter, sender } = this;
    return { account, ledger, meter, sender };
  }

  private async mend(): Promise<void> {
    this.rig.sink.behaviour = accept;
    await this.rig.sink.up();
    const isFirst = !this.mended;
    this.mended = true; // also where it fails: then it is put back all the same
    if (isFirst) await this.one.mend?.(this.bench);
    await this.meter.look(); // Alloy may count anew from here on
    // To have its own volume again, a backend has to be started anew: that has time until all is counted.
    await this.rig.putBack(({ what }) => what !== "volume");
  }

  /** Items that Alloy counts as given up on the second path. */
  private dropped(): Items {
    return each((signal) => this.meter.growth(`failed ${signal}`) + this.meter.growth(`no room ${signal}`));
  }

  private may(): ReturnType<typeof mayLose> {
    return mayLose(this.one.expects, this.rig.options.rate, this.dropped());
  }
}
