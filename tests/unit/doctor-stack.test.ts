import { RunError } from "@pulumi/pulumi";
import { lookAtAll } from "../../scripts/doctor/check";
import { Fault } from "../../scripts/lib/fault";
import type { ClusterState } from "../../scripts/lib/kind";
import { FakeEngine } from "../helpers/fake-engine";
import { CHECKS_OF_STACK, factsWith, is, KEPT, look, NOTHING_KEPT } from "../helpers/fake-facts";

it("on a stack that is well all checks are ok", async () => {
  const found = await lookAtAll(CHECKS_OF_STACK, factsWith());
  expect(found.map(({ name, state, saw }) => [name, state, saw])).toEqual([
    ["state", "ok", "stack local has 30 resources"],
    ["settings", "ok", "tempo, loki, mimir, grafana, alloy"],
    ["lock", "ok", "nobody holds the stack"],
    ["cluster", "ok", "watchtower-control-plane runs, and is ours"],
    ["kubeconfig", "ok", "kind-watchtower answers, Kubernetes v1.34.4"],
    ["releases", "ok", "alloy, grafana, loki, mimir, sumo-stand-in, tempo"],
  ]);
});

it("before the first `up` nothing is wrong", async () => {
  const facts = { engine: is(undefined), kept: is(NOTHING_KEPT), cluster: is<ClusterState>("gone") };
  const found = await lookAtAll(CHECKS_OF_STACK, factsWith(facts));
  expect(found.map(({ name, state, saw }) => [name, state, saw])).toEqual([
    ["state", "ok", "no stack yet: `npm run up` makes it"],
    ["settings", "ok", "tempo, loki, mimir, grafana, alloy"],
    ["lock", "ok", "nobody holds the stack"],
    ["cluster", "ok", "none yet: `npm run up` makes it"],
  ]);
});

describe("the state", () => {
  it("of a backend that does not answer is wrong, in Pulumi's words for it", async () => {
    const fault = new Fault("There is no folder /x for the stack's state: make it with `mkdir -p /x`.");
    expect(await look("state", { engine: () => Promise.reject(fault) })).toMatchObject({
      state: "wrong",
      saw: fault.message,
    });
  });

  it("whose secrets the passphrase does not open is wrong", async () => {
    const fault = new Fault("The passphrase in use is not the one of this stack.");
    expect(await look("state", { kept: () => Promise.reject(fault) })).toMatchObject({
      state: "wrong",
      saw: fault.message,
    });
    const engine = new FakeEngine(KEPT);
    engine.secrets = fault;
    expect(await look("state", { engine: is(engine.engine) })).toMatchObject({
      state: "wrong",
      saw: fault.message,
    });
  });

  it("that a killed run has left is told, with what goes on from there", async () => {
    expect(await look("state", { kept: is({ ...KEPT, interrupted: true }) })).toMatchObject({
      state: "warn",
      mend: "`npm run up` goes on from there",
    });
  });
});

it("settings that are wrong are told with the program's own list", async () => {
  const error = new RunError("The configuration cannot be used:\n  - grafanaPort is 99999");
  expect(await look("settings", { settings: () => Promise.reject(error) })).toMatchObject({
    state: "wrong",
    saw: error.message,
  });
});

describe("the lock", () => {
  const lock = (held: { living?: number[]; dead?: number[]; elsewhere?: string[] }) =>
    look("lock", { lock: is({ living: [], dead: [], elsewhere: [], ...held }) });

  it("of a dead process is wrong, and the fix takes it away", async () => {
    const engine = new FakeEngine(KEPT);
    const held = is({ living: [], dead: [123], elsewhere: [] });
    const found = await look("lock", { lock: held, engine: is(engine.engine) });
    expect(found).toMatchObject({
      state: "wrong",
      saw: "a killed run (process 123) has left its lock",
      mend: expect.stringMatching(/`npm run doctor -- --fix` or `.*pulumi cancel`/) as string,
    });
    await found.fix!.act(() => undefined);
    expect(engine.asked).toEqual(["unlock"]);
  });

  it("of a run that is at work is no fault, and left to it, whoever else holds one", async () => {
    const found = await lock({ living: [7], dead: [123] });
    expect(found).toMatchObject({
      state: "warn",
      saw: expect.stringMatching(/^process 7 is at work/) as string,
    });
    expect(found.fix).toBeUndefined();
  });

  it("of another machine is wrong, and not ours to take", async () => {
    const found = await lock({ dead: [123], elsewhere: ["other.example"] });
    expect(found).toMatchObject({ state: "wrong", saw: "other.example holds the stack" });
    expect(found.fix).toBeUndefined();
  });

  it("that nobody can see is not ok", async () => {
    expect(await look("lock", { lock: is(undefined) })).toMatchObject({ state: "warn" });
  });
});
