import { Schedule } from "../../loadgen/schedule";

describe("a schedule", () => {
  it("is even without an event", () => {
    const schedule = new Schedule({ rate: 10, durationMs: 30_000 });
    expect([0, 500, 10_000, 30_000].map((ms) => schedule.dueBy(ms))).toEqual([0, 5, 100, 300]);
  });

  it("has its event in the middle third of the run", () => {
    const schedule = new Schedule({ rate: 10, eventFactor: 5, durationMs: 30_000 });
    expect([10_000, 20_000, 30_000].map((ms) => Math.round(schedule.dueBy(ms)))).toEqual([100, 600, 700]);
    expect([9_999, 10_000, 19_999, 20_000].map((ms) => schedule.isEvent(ms))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it("has it there too where the run ends with a number of requests", () => {
    const schedule = new Schedule({ rate: 10, eventFactor: 5, requests: 700 });
    expect(Math.round(schedule.dueBy(30_000))).toBe(700);
    expect(schedule.isEvent(15_000)).toBe(true);
  });

  it("repeats it every three minutes where no end is known", () => {
    const schedule = new Schedule({ rate: 10, eventFactor: 5 });
    expect([90, 150, 270, 330].map((s) => schedule.isEvent(s * 1000))).toEqual([true, false, true, false]);
    expect(Math.round(schedule.dueBy(360_000))).toBe(2 * 7 * 600);
  });

  it.each([1, 5])("knows the moment of each request, with an event of %d times the rate", (eventFactor) => {
    const schedule = new Schedule({ rate: 7, eventFactor, durationMs: 9_000 });
    for (let i = 0; i < 300; i++) expect(schedule.dueBy(schedule.dueAt(i))).toBeCloseTo(i, 6);
  });
});
