import { alloyConfig } from "../../alloy/compose";
import {
  accept,
  acceptAfter,
  type Behaviour,
  loseEvery,
  refuse,
  reset,
} from "../../scripts/e2e-faults/behaviour";
import { GrpcDoor, HttpDoor } from "../../scripts/e2e-faults/doors";
import { itemsIn } from "../../scripts/e2e-faults/judge";
import { each, type Items, Ledger } from "../../scripts/e2e-faults/ledger";
import { newRun } from "../../scripts/e2e-faults/numbers";
import { Sender } from "../../scripts/e2e-faults/sender";
import { Sink } from "../../scripts/e2e-faults/sink";
import { sum } from "../../scripts/e2e-faults/account";
import { waitUntil } from "../../scripts/lib/wait";
import { COMPONENTS } from "../../versions";
import { PlainAlloy } from "../helpers/plain-alloy";
import { describeWith, program } from "../helpers/tools";

const RATE = 100;
const SLOW_MS = 60_000;
/** What Alloy may hold before it is on disk. */
const IN_MEMORY = itemsIn(200, RATE);

/** The pipeline of a whole stack, numbered telemetry through it, and a counting receiver at the end of either path. */
describeWith([program("alloy")], "the real Alloy, writing twice", () => {
  let real: PlainAlloy;
  let local: Sink;
  let second: Sink;
  let ledger: Ledger;
  let sender: Sender;

  beforeAll(async () => {
    [local, second] = [await Sink.open("127.0.0.1"), await Sink.open("127.0.0.1")];
    real = await PlainAlloy.prepare((config) => pathsAlone(config, local.url()));
    real.writeEndpoint(second.url());
    real.write(alloyConfig({ components: new Set(COMPONENTS), secondPath: true }));
    real.start();
    await ready();
  }, SLOW_MS);
  afterAll(async () => {
    await real.remove();
    await Promise.all([local.down(), second.down()]);
  });
  beforeEach(() => {
    ledger = new Ledger(newRun());
    for (const sink of [local, second]) sink.received(ledger.run);
    const [grpc, http] = [`127.0.0.1:${real.ports.grpc}`, `http://127.0.0.1:${real.ports.http}`];
    const doors = [new GrpcDoor({ grpc }), new HttpDoor({ http })];
    sender = new Sender(ledger, { doors, rate: RATE, retryForMs: 20_000 });
    sender.start();
  });
  afterEach(async () => {
    sender.halt();
    await sender.stop();
  });

  async function ready(): Promise<void> {
    const missing = async () =>
      (await fetch(`http://127.0.0.1:${real.ports.page}/-/ready`)).ok ? undefined : real.said.at(-1);
    expect(await waitUntil(missing, { withinMs: 30_000, everyMs: 200 })).toBeUndefined();
  }

  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  /** Has the second path's end behave so for a while, under load. */
  async function under(behaviour: Behaviour, meanwhile = () => pause(2_000)): Promise<void> {
    await pause(500);
    second.behaviour = behaviour;
    await meanwhile();
    second.behaviour = accept;
    await sender.stop();
  }

  /** What was acknowledged and is not at the end of a path, once no more comes. */
  async function missingAt(sink: Sink, mayMiss: Items): Promise<Items> {
    const { seen } = sink.received(ledger.run);
    const missing = () => each((signal) => ledger.missing(signal, seen[signal]).items);
    const look = () => Promise.resolve(sum(missing()) === 0 ? undefined : "some are missing");
    await waitUntil(look, { withinMs: sum(mayMiss) === 0 ? 45_000 : 15_000, everyMs: 100 });
    return missing();
  }

  const NONE = each(() => 0);
  const repeatedAt = (sink: Sink) => each((signal) => sink.received(ledger.run).seen[signal].repeated);

  it.each<[string, Behaviour]>([
    ["breaks off", reset],
    ["answers 503", refuse(503)],
    ["answers 429", refuse(429, { "retry-after": "1" })],
    ["hangs", acceptAfter(1_500)],
  ])(
    "loses and repeats nothing while the second path's end %s, and senders do not hear of it",
    async (_, behaviour) => {
      await under(behaviour);
      expect([...ledger.errors.keys()]).toEqual([]);
      expect(await missingAt(local, NONE)).toEqual(NONE);
      expect(await missingAt(second, NONE)).toEqual(NONE);
      expect([repeatedAt(local), repeatedAt(second)]).toEqual([NONE, NONE]);
    },
    SLOW_MS,
  );

  it(
    "repeats on the second path what it had no answer for, and nothing else",
    async () => {
      await under(loseEvery(3));
      expect(await missingAt(second, NONE)).toEqual(NONE);
      const { unanswered } = second.received(ledger.run);
      expect(sum(unanswered)).toBeGreaterThan(0); // of which signal, chance says
      const again = () =>
        Promise.resolve(sum(repeatedAt(second)) < sum(unanswered) ? "not all has come again" : undefined);
      await waitUntil(again, { withinMs: 40_000, everyMs: 100 });
      expect(repeatedAt(second)).toEqual(unanswered);
      expect([await missingAt(local, NONE), repeatedAt(local)]).toEqual([NONE, NONE]);
    },
    SLOW_MS,
  );

  it(
    "loses no more than it holds in memory when it is killed in an outage of the second path",
    async () => {
      await under(refuse(503), async () => {
        await pause(1_000);
        await real.kill();
        real.start();
        await ready();
        await pause(1_000);
      });
      expect(ledger.items("given up")).toEqual(NONE);
      for (const sink of [local, second]) {
        const missing = await missingAt(sink, IN_MEMORY);
        expect(each((signal) => Math.max(0, missing[signal] - IN_MEMORY[signal]))).toEqual(NONE);
      }
    },
    SLOW_MS,
  );
});

/** The two paths alone, the local one to one receiver. */
function pathsAlone(config: string, local: string): string {
  return config
    .slice(0, config.indexOf("// The stack's own pods"))
    .replace(/"http:\/\/[\w-]+\.watchtower\.svc:\d+(\/otlp)?"/g, `"${local}"`);
}
