import { InFlight } from "../../loadgen/in-flight";
import type { Options } from "../../loadgen/options";
import { pace, type Paced } from "../../loadgen/pace";
import { progressLine, summary } from "../../loadgen/report";
import { Schedule } from "../../loadgen/schedule";
import { emptyTally } from "../../loadgen/tally";

const never = new AbortController().signal;

function busyFor(ms: number): void {
  for (const start = performance.now(); performance.now() - start < ms;);
}

describe("pacing", () => {
  it("makes as many requests as the rate and the duration say", async () => {
    let calls = 0;
    const paced = await pace(
      { schedule: new Schedule({ rate: 200 }), durationMs: 500, stop: never },
      () => calls++,
    );
    expect(calls).toBe(100);
    expect(paced.elapsedMs).toBeGreaterThanOrEqual(500);
    expect(paced.heldRate).toBeGreaterThan(180); // 200, but for a machine busy at the very end
  });

  it("catches up after a request that took long", async () => {
    let calls = 0;
    const paced = await pace({ schedule: new Schedule({ rate: 200 }), durationMs: 500, stop: never }, () => {
      if (++calls === 10) busyFor(150);
    });
    expect(paced.made).toBe(100);
  });

  it("stops after the asked number of requests", async () => {
    const paced = await pace(
      { schedule: new Schedule({ rate: 500 }), requests: 20, stop: never },
      () => undefined,
    );
    expect(paced.made).toBe(20);
  });

  it("tells the rate it truly held when requests cost more than there is time for", async () => {
    const paced = await pace({ schedule: new Schedule({ rate: 1000 }), durationMs: 500, stop: never }, () =>
      busyFor(4),
    );
    expect(paced.heldRate).toBeLessThan(300);
    expect(paced.made).toBeLessThan(150);
  });

  it("gives exports a turn even when it cannot keep up", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await pace({ schedule: new Schedule({ rate: 10_000 }), durationMs: 300, stop: never }, () => busyFor(1));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });

  it("ends at once when stopped between two requests", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const paced = await pace({ schedule: new Schedule({ rate: 0.1 }), stop: stop.signal }, () => undefined);
    expect(paced.made).toBe(1);
    expect(paced.heldRate).toBeCloseTo(0.1);
    expect(paced.elapsedMs).toBeLessThan(2_000);
  });
});

describe("a bound on the requests in flight", () => {
  const bounded = (limit: number, durationMs: number) => {
    const inFlight = new InFlight(limit);
    const args = { schedule: new Schedule({ rate: 1_000 }), durationMs: 500, stop: never };
    return pace({ ...args, hasRoom: () => inFlight.hasRoom() }, () => inFlight.add(durationMs));
  };

  it("lets through as many as their latency leaves room for", async () => {
    const paced = await bounded(4, 50);
    expect(paced.waited).toBe(true);
    expect(paced.made).toBeGreaterThanOrEqual(28);
    expect(paced.made).toBeLessThanOrEqual(40); // 4 every 50 ms
    expect(paced.heldRate).toBeLessThan(100);
  });

  it("changes nothing where it is not reached", async () => {
    expect(await bounded(200, 50)).toMatchObject({ made: 500, waited: false });
  });
});

describe("the summary", () => {
  const options = { rate: 100, concurrency: 20, seed: 1 } as Options;
  const held = (heldRate: number, waited = false) => {
    const paced: Paced = { made: 1_000, elapsedMs: 10_000, askedRate: 100, heldRate, waited };
    return summary({ options, paced, failedRequests: 0, tallies: {} });
  };

  it("says plainly that a rate was not held, and what was in the way", () => {
    expect(held(98.9)).toContain("asked 100/s, held 98.9/s - the asked rate was NOT held");
    expect(held(98.9)).toContain("this machine was too busy");
    expect(held(98.9, true)).toContain("--concurrency 20 leaves room for no more");
  });

  it("says nothing of it within 1 %", () => {
    expect(held(99.1)).not.toContain("NOT");
  });
});

describe("the live line", () => {
  const tally = { ...emptyTally(), sent: 900, accepted: 800, failed: 90, rejected: 10 };
  const progress = { elapsedMs: 10_000, requests: 100, tallies: { traces: tally } };

  it("tells what was accepted, and what is lost already", () => {
    expect(progressLine(progress)).toBe("10 s  100 requests, 10.0/s  accepted 800/900 spans (100 lost)");
  });

  it("names the scenario while its event is on", () => {
    expect(progressLine({ ...progress, event: "outage" })).toMatch(/^10 s {2}outage now {2}100 requests/);
  });
});
