import { down } from "../../scripts/down/run";
import { type Kept, keptIn } from "../../scripts/lib/engine";
import { Ended, Fault } from "../../scripts/lib/fault";
import { mend } from "../../scripts/up/mend";
import { FakeEngine } from "../helpers/fake-engine";
import { FakeMachine } from "../helpers/fake-machine";
import { Memory } from "../helpers/memory";
import { signalSender } from "../helpers/signals";

const URN = "urn:pulumi:local::watchtower::watchtower:index:Cluster$command:local:Command::watchtower-kind";
const GIVEN = {
  CLUSTER: "watchtower",
  OWNER: "ours",
  KIND_CONFIG: "kind: Cluster",
  NODE_IMAGE: "",
  HOST_PORTS: "",
};

let machine: FakeMachine;
beforeEach(() => {
  machine = new FakeMachine(GIVEN);
});
afterEach(() => machine.remove());

describe("mend", () => {
  /** What mending asks of the engine and of the node, and what it tells. */
  async function mended(given: Partial<Kept> = {}) {
    const [fake, told] = [new FakeEngine(), [] as string[]];
    const [startNode, keepPodTrafficInside] = [jest.fn(), jest.fn()];
    const looked: string[] = [];
    const look = (what: string) => () => Promise.resolve(void looked.push(what));
    const made = { resources: 1, cluster: machine.environment, clusterUrn: URN, interrupted: false };
    const kept = { ...made, releases: new Set(["loki"]), ...given };
    const where = { cluster: { kubeContext: "kind-watchtower" }, namespace: "watchtower" };
    await mend(
      { engine: fake.engine, kept, where, tell: (text) => told.push(text) },
      {
        startNode,
        keepPodTrafficInside,
        endOrphans: look("end orphans"),
        untilEnded: look("until ended"),
        forgetHalfMade: look("forget half-made"),
      },
    );
    const [started, keptInside] = [startNode, keepPodTrafficInside].map(({ mock }) =>
      mock.calls.map(([cluster]) => cluster as unknown),
    );
    return { asked: fake.asked, started, keptInside, told, looked };
  }
  const anew = (told: string) => ({
    asked: [{ destroy: [URN], targetDependents: true }],
    started: [],
    keptInside: [],
    told: [told],
    looked: [],
  });

  it("takes a cluster that is gone out of the state, with all that lived in it", async () => {
    expect(await mended()).toEqual(anew("The cluster is gone: making it anew"));
  });

  it("takes a cluster that is another's by now out of the state", async () => {
    machine.addCluster("watchtower", "another stack");
    expect(await mended()).toEqual(anew("The cluster is gone: making it anew"));
  });

  it("takes a cluster that is half-made out of the state", async () => {
    machine.makingIsKilled();
    expect(await mended()).toEqual(anew("The cluster is half-made: making it anew"));
  });

  it("takes nothing away whose node does not tell what it is like", async () => {
    machine.run("ensure");
    machine.set("node-goes-wrong", "exec");
    machine.hurry();
    await expect(mended()).rejects.toThrow(/does not answer .* and was left as it is: /);
  });

  it("starts a cluster that is stopped", async () => {
    machine.run("ensure");
    machine.stop("watchtower");
    const { asked, started } = await mended();
    expect([asked, started]).toEqual([[], [machine.environment]]);
  });

  it("leaves a cluster that runs, but for the route that a restart takes away", async () => {
    machine.run("ensure");
    const keptInside = [machine.environment];
    expect(await mended()).toEqual({ asked: [], started: [], keptInside, told: [], looked: [] });
  });

  it("leaves a cluster whose making was begun to the program, which makes it to the end", async () => {
    machine.makingIsKilled();
    const kept = keptIn({
      resources: [{ urn: "urn:stack", type: "pulumi:pulumi:Stack" }],
      pending_operations: [
        {
          type: "creating",
          resource: { urn: URN, type: "command:local:Command", inputs: { environment: GIVEN } },
        },
      ],
    });
    expect([kept.cluster, kept.clusterUrn]).toEqual([GIVEN, undefined]);
    expect(await mended(kept)).toEqual({ asked: [], started: [], keptInside: [], told: [], looked: [] });
  });

  it("ends what a run has left at work, waits for what it was deleting, and then forgets what Helm was in the middle of", async () => {
    machine.run("ensure");
    const looked = ["end orphans", "until ended", "forget half-made"];
    const told = ["The last run did not come to its end: looking at what there is"];
    expect(await mended({ interrupted: true })).toMatchObject({ asked: [], looked, told });
    // In a cluster that is not ours there is no command to look at.
    const existing = { cluster: undefined, clusterUrn: undefined };
    expect(await mended({ ...existing, interrupted: true })).toMatchObject({ asked: [], looked, told });
    expect(await mended({ ...existing, interrupted: true, resources: 0 })).toMatchObject({ looked: [] });
    expect(await mended(existing)).toMatchObject({ looked: [], told: [] });
  });
});

describe("down", () => {
  /** Takes down a stack that was killed while it made its cluster. */
  async function run(destroying?: () => Promise<void>, given: Partial<Kept> = {}) {
    const fake = new FakeEngine({ cluster: machine.environment, interrupted: true, ...given }, destroying);
    const [out, err] = [new Memory(), new Memory()];
    const code = await down(fake.engine, { out, err });
    return { code, out: out.text, err: err.text, asked: fake.asked };
  }

  it("takes away the cluster whose making was killed, and forgets that it was begun", async () => {
    machine.makingIsKilled();
    expect(await run()).toEqual({
      code: 0,
      out: "Watchtower is down: nothing is left of stack local but its settings.\n",
      err: "",
      asked: [{ destroy: "everything", targetDependents: undefined }, "forgetInterrupted"],
    });
    expect(machine.state).toEqual({});
  });

  it("takes away the cluster whose replacement was cut off, though the state has the old one", async () => {
    machine.makingIsKilled();
    expect(await run(undefined, { clusterUrn: URN, interrupted: false })).toMatchObject({ code: 0 });
    expect(machine.state).toEqual({});
  });

  it("leaves a cluster of the same name that is another's", async () => {
    machine.addCluster("watchtower", "another stack");
    const before = machine.state;
    expect(await run()).toMatchObject({ code: 0 });
    expect([machine.state, machine.takeChanges()]).toEqual([before, []]);
  });

  it.each([
    ["removed", "A cluster was there whose state is lost, made by this stack: it is removed.\n"],
    ["foreign", "A kind cluster named watchtower is there that this stack did not make: left as it is.\n"],
    ["nothing", ""],
  ] as const)("looks for a cluster that the state has lost: %s", async (found, said) => {
    const [out, removeLost] = [new Memory(), jest.fn(() => Promise.resolve(found))];
    const look = { removeLost, contextOf: () => undefined };
    await down(new FakeEngine({ resources: 1 }).engine, { out, err: new Memory() }, look);
    expect(out.text).toBe(`${said}Watchtower is down: nothing is left of stack local but its settings.\n`);
    expect(removeLost.mock.calls).toEqual([["local"]]);
  });

  it("looks for none where the stack is to run in a cluster that is not ours", async () => {
    const look = { removeLost: jest.fn(), contextOf: () => "theirs" };
    await down(new FakeEngine({}).engine, { out: new Memory(), err: new Memory() }, look);
    expect(look.removeLost).not.toHaveBeenCalled();
  });

  it("takes away a cluster whose node does not answer", async () => {
    machine.run("ensure");
    machine.set("node-goes-wrong", "exec");
    expect(await run(undefined, { clusterUrn: URN, interrupted: false })).toMatchObject({ code: 0 });
    expect(machine.state).toEqual({});
  });

  it("begins nothing while Docker does not answer", async () => {
    machine.set("docker-is-down", "");
    const fake = new FakeEngine({ cluster: machine.environment });
    const running = down(fake.engine, { out: new Memory(), err: new Memory() });
    await expect(running).rejects.toThrow(
      new Fault("Docker does not answer: start Docker, and run this command again."),
    );
    expect(fake.asked).toEqual([]);
  });

  it("says how to go on, and goes no further, when it is ended by Ctrl-C", async () => {
    machine.makingIsKilled();
    const send = signalSender();
    const running = run(() => {
      send("SIGINT");
      return Promise.reject(new Error("error: update canceled"));
    });
    await expect(running).rejects.toThrow(Ended);
    await expect(running).rejects.toThrow(
      "ended before all was taken away; `npm run down` goes on from here.",
    );
    expect(machine.state).not.toEqual({});
  });

  it("goes no further when Pulumi fails", async () => {
    machine.makingIsKilled();
    await expect(run(() => Promise.reject(new Error("error: bad state")))).rejects.toThrow(
      new Fault("Pulumi failed: bad state."),
    );
    expect(machine.state).not.toEqual({});
  });
});
