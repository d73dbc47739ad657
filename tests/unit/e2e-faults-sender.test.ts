import { type Door, GrpcDoor, HttpDoor, type Outcome } from "../../scripts/e2e-faults/doors";
import { Ledger } from "../../scripts/e2e-faults/ledger";
import { payload } from "../../scripts/e2e-faults/payload";
import { readNumbers } from "../../scripts/e2e-faults/read-numbers";
import { Sender } from "../../scripts/e2e-faults/sender";
import { Tally } from "../../scripts/e2e-faults/tally";
import type { Signal } from "../../scripts/lib/otlp";
import { OtlpSink } from "../helpers/otlp-sink";

const LATER: Outcome = { retryable: true, said: "later", unanswered: false };

/** Sends for a while through a door that answers so. */
async function send(
  answer: (attempt: number, signal: Signal) => Outcome,
  { rate = 200, forMs = 500, retryForMs = 5_000 } = {},
) {
  const ledger = new Ledger("0badcafe");
  const took = { traces: new Tally(), logs: new Tally(), metrics: new Tally() };
  let attempts = 0;
  const door: Door = {
    send: (signal, body) => {
      const outcome = answer(attempts++, signal);
      if (outcome === "taken") for (const { number } of readNumbers(signal, body)) took[signal].add(number);
      return Promise.resolve(outcome);
    },
    close: () => Promise.resolve(),
  };
  const sender = new Sender(ledger, { doors: [door], rate, retryForMs });
  sender.start();
  await new Promise((resolve) => setTimeout(resolve, forMs));
  await sender.stop();
  return { ledger, took };
}

describe("the numbered sender", () => {
  it("holds its rate, numbers without a gap, and times that only increase", async () => {
    const beganAt = performance.now();
    const { ledger, took } = await send(() => "taken", { rate: 1_000, forMs: 600 });
    expect(ledger.made).toBeGreaterThan(300); // the last tick's are not due yet
    expect(ledger.made).toBeLessThanOrEqual(performance.now() - beganAt);
    expect([took.traces.distinct, took.traces.repeated]).toEqual([9 * ledger.made, 0]);
    expect(ledger.items("acknowledged")).toEqual(ledger.sent());
    const steps = ledger.timesUs.slice(1).map((time, i) => time - ledger.timesUs[i]!);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(100);
  });

  it("sends again what may be taken later, and notes each error", async () => {
    const { ledger, took } = await send((attempt) => (attempt < 3 ? LATER : "taken"));
    expect(ledger.items("acknowledged")).toEqual(ledger.sent());
    expect(took.logs.distinct).toBe(3 * ledger.made);
    expect(ledger.errors.get("later")).toBe(3);
  });

  it("numbers a large request like any other, and knows how long an attempt took at most", async () => {
    const ledger = new Ledger("0badcafe");
    const sizes: number[] = [];
    const door: Door = {
      send: async (signal, body) => {
        if (signal === "traces") sizes.push(body.length);
        await new Promise((resolve) => setTimeout(resolve, 50));
        return "taken";
      },
      close: () => Promise.resolve(),
    };
    const sender = new Sender(ledger, { doors: [door, door], rate: 1, retryForMs: 1_000 });
    sender.sendLarge({ spanAttributes: { large: "x".repeat(100_000) } });
    await sender.stop();
    expect(sizes.map((size) => Math.floor(size / 100_000))).toEqual([1, 1]);
    expect(ledger.items("acknowledged")).toEqual({ traces: 18, logs: 6, metrics: 8 });
    expect(sender.longestMs).toBeGreaterThanOrEqual(49);
  });

  it("does not send again what is refused", async () => {
    const no: Outcome = { retryable: false, said: "no", unanswered: false };
    const { ledger } = await send((_, signal) => (signal === "logs" ? no : "taken"));
    expect(ledger.items("refused")).toEqual({ traces: 0, logs: 3 * ledger.made, metrics: 0 });
  });

  it("gives up in the end, and counts what may have been taken without an answer", async () => {
    const silence: Outcome = { retryable: true, said: "silence", unanswered: true };
    const { ledger } = await send(() => silence, { forMs: 250, retryForMs: 100 });
    expect(ledger.items("given up")).toEqual(ledger.sent());
    expect(ledger.unanswered).toEqual(ledger.sent());
  });
});

describe("the doors", () => {
  let sink: OtlpSink;
  beforeEach(async () => (sink = await OtlpSink.start()));
  afterEach(() => sink.stop());

  const DOORS = {
    gRPC: () => new GrpcDoor({ grpc: sink.address }),
    HTTP: () => new HttpDoor({ http: sink.url }),
  };
  const body = payload("logs", { run: "0badcafe", from: 0, timesUs: [1_700_000_000_000_000] });

  async function through(name: keyof typeof DOORS): Promise<Outcome> {
    const door = DOORS[name]();
    try {
      return await door.send("logs", body);
    } finally {
      await door.close();
    }
  }

  it.each(["gRPC", "HTTP"] as const)("%s brings items in", async (name) => {
    expect(await through(name)).toBe("taken");
    expect(sink.logs).toHaveLength(3);
  });

  it.each([
    ["gRPC", "try later", true],
    ["HTTP", "try later", true],
    ["gRPC", "never", false],
    ["HTTP", "never", false],
  ] as const)("%s tells that it was told %s", async (name, answer, retryable) => {
    sink.answer = () => answer;
    expect(await through(name)).toMatchObject({ retryable, unanswered: false });
  });

  it.each(["gRPC", "HTTP"] as const)("%s does not take a rejected item for taken", async (name) => {
    sink.answer = () => ({ rejected: 2, reason: "too old" });
    expect(await through(name)).toEqual({
      retryable: false,
      said: "2 rejected: too old",
      unanswered: false,
    });
  });

  it.each(["gRPC", "HTTP"] as const)("%s tells nobody there from a broken connection", async (name) => {
    const door = DOORS[name]();
    sink.stop();
    expect(await door.send("logs", body)).toMatchObject({ retryable: true, unanswered: false });
    await door.close();
  });

  it.each(["gRPC", "HTTP"] as const)(
    "%s knows that what broke under way may have been taken",
    async (name) => {
      sink.answer = () => {
        setTimeout(() => sink.stop(), 20);
        return "silence";
      };
      expect(await through(name)).toMatchObject({ retryable: true, unanswered: true });
    },
  );
});

describe.each([
  ["gRPC", GrpcDoor],
  ["HTTP", HttpDoor],
])("a door of %s", (_, Way) => {
  it("has eight requests on their way at most, as SDKs have few, and then the others", async () => {
    const sink = await OtlpSink.start();
    let asked = 0;
    sink.answer = () => (asked++ < 20 ? "silence" : undefined);
    const door = new Way({ grpc: sink.address, http: sink.url });
    const body = payload("logs", { run: "0badcafe", from: 0, timesUs: [1] });
    const sent = Array.from({ length: 20 }, () => door.send("logs", body));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(asked).toBe(8);
    sink.stop(); // all that wait hear of it
    const outcomes = await Promise.all(sent);
    expect(outcomes.filter((outcome) => outcome === "taken")).toEqual([]);
    await door.close();
  }, 30_000);
});
