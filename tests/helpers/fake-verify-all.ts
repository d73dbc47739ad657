import type { StartLoad } from "../../scripts/lib/load";
import type { Check } from "../../scripts/verify/checks";
import type { Component } from "../../versions";
import { FakeStack } from "./fake-stack";
import { verifyAgainst } from "./fake-verify";
import { FakeWorld } from "./fake-world";

/** A stack with the telemetry of a load in it, for `verify --all` to look at. */
export class FakeVerifyAll {
  fake!: FakeStack;
  world!: FakeWorld;

  async start(): Promise<void> {
    this.fake = await FakeStack.start();
    this.world = new FakeWorld();
  }

  stop(): void {
    this.fake.stop();
  }

  /** Runs `verify --all`, and sorts what it found out. */
  readonly verifyAll = async (
    argv: string[] = [],
    {
      components,
      startLoad = this.world.startLoad,
    }: { components?: Component[]; startLoad?: StartLoad } = {},
  ) => {
    this.fake.override = this.world.answer;
    const changes = components && { components };
    const json = ["--all", "--json", ...argv];
    const { code, out, err } = await verifyAgainst(this.fake, json, changes, { startLoad });
    const { ok, checks = [] } = (out ? JSON.parse(out) : {}) as { ok?: boolean; checks?: Check[] };
    const named = (state: Check["state"]) =>
      checks
        .filter((check) => check.state === state)
        .map(({ area, name, note }) => `${area}: ${name}: ${note}`);
    return { code, ok, err, checks, faults: named("FAULT"), unchecked: named("unchecked") };
  };

  /** Breaks a provisioned dashboard. */
  sabotage(file: string, from: string, to: string): void {
    const { dashboards } = this.world;
    expect(dashboards[file]).toContain(from);
    dashboards[file] = dashboards[file]!.replace(from, to);
  }

  /** Breaks a data source. */
  sabotageSource(uid: string, from: string, to: string): void {
    const { sources } = this.world;
    const i = sources.findIndex((source) => source.uid === uid);
    const text = JSON.stringify(sources[i]);
    expect(text).toContain(from);
    sources[i] = JSON.parse(text.replace(from, to)) as (typeof sources)[number];
  }
}
