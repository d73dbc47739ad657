import * as pulumi from "@pulumi/pulumi";
import type { Comparison, Row } from "../../scripts/compare/comparison";
import { run } from "../../scripts/compare/run";
import type { Stack } from "../../scripts/lib/stack";
import type { Settings } from "../../settings";
import { FakeCounts } from "./fake-counts";
import { FakeStack } from "./fake-stack";
import { ACCESS, type FakeSumo } from "./fake-sumo";
import { Memory } from "./memory";

/** A full quarter of a minute, so that counters are read at the ends of whole minutes. */
export const NOW = Date.UTC(2026, 7, 20, 12, 0, 30);
export const END = NOW - 30_000;
export const MINUTE = 60_000;
export const LAST_10_MIN = { fromMs: END - 10 * MINUTE, toMs: NOW };

/** What is different in one run. */
interface Around {
  changes?: Partial<Stack>;
  sumo?: FakeSumo;
  looks?: number;
}

/** What --json tells. */
export type Told = Omit<Comparison, "range" | "same" | "silences" | "restarts"> & {
  ok: boolean;
  from: string;
  to: string;
  restarts: string[];
};

/** A stack whose both sides are counted by what a test says that was sent. */
export class FakeCompare {
  fake!: FakeStack;
  counts!: FakeCounts;

  async start(destination: "stand-in" | "sumo"): Promise<void> {
    this.stop();
    this.fake = await FakeStack.start(destination);
    this.counts = new FakeCounts(destination);
    this.fake.override = this.counts.answer;
  }

  stop(): void {
    (this.fake as FakeStack | undefined)?.stop();
  }

  /** Runs `compare` against it. */
  readonly compare = async (argv: string[] = [], { changes, sumo, looks }: Around = {}) => {
    const [out, err] = [new Memory(), new Memory()];
    const sumoApi = sumo && {
      endpoint: sumo.endpoint,
      scope: "_sourceCategory=laptop",
      accessId: pulumi.secret(ACCESS.accessId),
      accessKey: pulumi.secret(ACCESS.accessKey),
    };
    const code = await run(argv, {
      out,
      err,
      looks,
      now: () => NOW,
      runningStack: () => Promise.resolve({ ...this.fake.stack, ...changes }),
      readSettings: () => Promise.resolve({ sumoApi } as Settings),
      sumoPace: { pollMs: 1, jobWithinMs: 100, retryMs: 1 },
    });
    return {
      code,
      out: out.text,
      err: err.text,
      lines: out.text.split("\n").map((line) => line.replace(/ {2,}/g, " ")),
    };
  };

  /** The same, for a machine to read. */
  readonly compareJson = async (argv: string[] = ["--window", "5m"], around: Around = {}) => {
    const { code, out, err } = await this.compare(["--json", ...argv], around);
    expect(err).toBe("");
    const told = JSON.parse(out) as Told;
    const row = (signal: string, service?: string) =>
      told.rows.find((one) => one.signal === signal && one.service === service) as Row;
    return { code, told, row };
  };
}
