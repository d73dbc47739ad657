import { Fault } from "../../scripts/lib/fault";
import { waitUntil, within } from "../../scripts/lib/wait";

const SOON = { withinMs: 10_000, everyMs: 1 };
const SHORT = { withinMs: 300, everyMs: 1 };
const hangs = <T>() => new Promise<T>(() => undefined);

/** Looks that come to these, one after the other, and the last of them from then on. */
function looks(...each: (string | Error | undefined)[]) {
  const look = jest.fn(async () => {
    const found = each.length > 1 ? each.shift() : each[0];
    if (found instanceof Error) throw found;
    return Promise.resolve(found);
  });
  return look;
}

describe("a wait", () => {
  it("is over when nothing is missing, however many looks failed before", async () => {
    // `fetch` says of a server that is not up yet that it is a TypeError.
    const look = looks("a pod", new TypeError("fetch failed"), new Error("no answer"), undefined);
    expect(await waitUntil(look, SOON)).toBeUndefined();
    expect(look).toHaveBeenCalledTimes(4);
  });

  it("is over at once when a person is needed, and says what for", async () => {
    const look = looks(new Fault("Log in again."), undefined);
    expect(await waitUntil(look, SOON)).toBe("Log in again.");
    expect(look).toHaveBeenCalledTimes(1);
  });

  it.each([
    ["what the last look missed", looks("two pods", "a pod"), "a pod"],
    ["why the last look failed", looks("a pod", new Error("no connection")), "no connection"],
    ["that no look came to an end", hangs, "no answer"],
  ])("says %s when time is up", async (_, look, why) => {
    const beganAt = Date.now();
    expect(await waitUntil(look as () => Promise<string | undefined>, SHORT)).toBe(why);
    expect(Date.now() - beganAt).toBeLessThan(SOON.withinMs);
  });

  it("says what the look before missed when the last one hangs", async () => {
    const look = jest.fn<Promise<string>, []>(hangs).mockResolvedValueOnce("a pod");
    expect(await waitUntil(look, SHORT)).toBe("a pod");
  });

  it("does not look more often than it is told to", async () => {
    const look = looks("a pod");
    await waitUntil(look, { withinMs: 250, everyMs: 100 });
    expect(look.mock.calls.length).toBeLessThanOrEqual(3);
  });

  it("is no longer than its time where the next look would be later", async () => {
    const beganAt = Date.now();
    expect(await waitUntil(looks("a pod"), { withinMs: 50, everyMs: 60_000 })).toBe("a pod");
    expect(Date.now() - beganAt).toBeLessThan(10_000);
  });
});

describe("an answer that is waited for", () => {
  it("comes as it is", async () => {
    expect(await within(10_000, Promise.resolve("here"))).toBe("here");
    const fault = new Fault("not to be had");
    await expect(within(10_000, Promise.reject(fault))).rejects.toBe(fault);
  });

  it("is given up when it takes longer, with how long that was", async () => {
    await expect(within(100, hangs())).rejects.toThrow(new Error("no answer within 0.1 s"));
  });
});
