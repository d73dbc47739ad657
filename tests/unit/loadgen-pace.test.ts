import type { Options } from "../../loadgen/options";
import { pace, type Paced } from "../../loadgen/pace";
import { summary } from "../../loadgen/report";

const never = new AbortController().signal;

function busyFor(ms: number): void {
  for (const start = performance.now(); performance.now() - start < ms;);
}

describe("pacing", () => {
  it("makes as many requests as the rate and the duration say", async () => {
    let calls = 0;
    const paced = await pace({ rate: 200, durationMs: 500, stop: never }, () => calls++);
    expect(calls).toBe(100);
    expect(paced.elapsedMs).toBeGreaterThanOrEqual(500);
    expect(paced.heldRate).toBeGreaterThan(180); // 200, but for a machine busy at the very end
  });

  it("catches up after a request that took long", async () => {
    let calls = 0;
    const paced = await pace({ rate: 200, durationMs: 500, stop: never }, () => {
      if (++calls === 10) busyFor(150);
    });
    expect(paced.made).toBe(100);
  });

  it("stops after the asked number of requests", async () => {
    const paced = await pace({ rate: 500, requests: 20, stop: never }, () => undefined);
    expect(paced.made).toBe(20);
  });

  it("tells the rate it truly held when requests cost more than there is time for", async () => {
    const paced = await pace({ rate: 1000, durationMs: 500, stop: never }, () => busyFor(4));
    expect(paced.heldRate).toBeLessThan(300);
    expect(paced.made).toBeLessThan(150);
  });

  it("gives exports a turn even when it cannot keep up", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await pace({ rate: 10_000, durationMs: 300, stop: never }, () => busyFor(1));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });

  it("ends at once when stopped between two requests", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const paced = await pace({ rate: 0.1, stop: stop.signal }, () => undefined);
    expect(paced).toMatchObject({ made: 1, heldRate: 0.1 });
    expect(paced.elapsedMs).toBeLessThan(2_000);
  });
});

describe("the summary", () => {
  const options = { rate: 100, seed: 1 } as Options;
  const held = (heldRate: number): Paced => ({ made: 1_000, elapsedMs: 10_000, heldRate });

  it("says plainly that a rate was not held", () => {
    expect(summary(options, held(98.9), 0, {})).toContain(
      "asked 100/s, held 98.9/s - the asked rate was NOT held",
    );
  });

  it("says nothing of it within 1 %", () => {
    expect(summary(options, held(99.1), 0, {})).not.toContain("NOT");
  });
});
