import * as http from "node:http";
import type { AddressInfo } from "node:net";
import type { Bench } from "../../scripts/e2e-faults/case";
import { CaseRuns, named } from "../helpers/case-runs";

const runs = new CaseRuns();

describe("a case", () => {
  it("need not have on the second path what was made while that was off", async () => {
    runs.fake.toggles = 2;
    const { outcome, faults } = await runs.run("toggle-off-on");
    expect(faults).toEqual([]);
    expect(outcome.remarks).toEqual([
      "switched off 2 times, in effect 1.0 s to 2.0 s after up",
      "switched on 2 times, in effect 1.0 s to 2.0 s after up",
    ]);
  }, 30_000);

  it("has to have there what was made while it was on again", async () => {
    runs.fake.losesWhenFirstOn = true;
    runs.fake.toggles = 2;
    const { faults } = await runs.run("toggle-off-on");
    expect(faults).toContainEqual(expect.stringMatching(/traces lost on the second path/));
  }, 30_000);

  it("is missed when Retry-After is not heeded", async () => {
    runs.fake.obeysRetryAfter = false;
    runs.fake.outageMs = 3_000; // for 30 attempts on a slow machine, too
    expect((await runs.run("sink-429")).faults).toEqual([
      expect.stringMatching(/^Alloy was told \d+ times to wait, and by Retry-After 30 times are due$/),
    ]);
  }, 15_000);

  it("finds what comes by the new address, and what hung at the former one", async () => {
    const { outcome, faults } = await runs.run("endpoint-changed-while-hanging");
    expect(faults).toEqual([]);
    expect(outcome.remarks).toEqual([expect.stringMatching(/^a sender's longest attempt took \d+ ms$/)]);
    expect(runs.fake.asked.slice(0, 2)).toEqual(["set endpoint", "up"]);
  }, 30_000);

  it("numbers large items like all others", async () => {
    const { outcome, faults } = await runs.run("one-large-item");
    expect(faults).toEqual([]);
    expect(outcome.second.payloads.maxBytes).toBeGreaterThan(3_000_000);
  }, 15_000);

  it.each([
    [1_000, []],
    [900, ["900 requests/s were acknowledged, where 1000 were due"]],
  ])("is a burst only where ten times as much was taken: %s/s", async (perSecond, faults) => {
    let now = 0;
    jest.spyOn(performance, "now").mockImplementation(() => now);
    const found: string[] = [];
    await named("burst").during({
      rate: 100,
      acknowledged: () => (now / 1_000) * perSecond,
      speedUp: () => {},
      pause: (ms: number) => Promise.resolve(void (now += ms)),
      fault: (text: string) => found.push(text),
      remark: () => {},
    } as unknown as Bench);
    jest.restoreAllMocks();
    expect(now).toBe(60_000);
    expect(found).toEqual(faults);
  });

  it.each([
    [400, []],
    [503, ["Alloy answered HTTP 503, which does not say what is wrong"]],
  ])(
    "is missed when what is malformed is answered as if to be sent again: %s",
    async (status, faults) => {
      const server = http.createServer((request, response) => {
        request.resume().on("end", () => response.writeHead(status).end());
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      runs.fake.http = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const outcome = (await runs.run("gzip-bomb")).outcome;
      server.close();
      expect(outcome.faults).toEqual(faults);
    },
    15_000,
  );
});
