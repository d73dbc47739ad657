import { FakeMachine } from "../helpers/fake-machine";
import { type KindCommand, kindCommand } from "../helpers/kind-command";
import { withListener } from "../helpers/ports";
import { deadPid, LivingProcess } from "../helpers/processes";

const CLUSTER = "watchtower";

let kind: KindCommand;
let machine: FakeMachine;
beforeAll(async () => {
  kind = await kindCommand();
});
beforeEach(() => {
  machine = new FakeMachine(kind.environment);
});
afterEach(() => machine.remove());

function makingIsKilled(): void {
  machine.set("create-goes-wrong", "it is killed");
  machine.run("ensure");
  machine.set("create-goes-wrong");
}

describe("kind-cluster.sh state", () => {
  it.each<[string, () => void]>([
    ["gone", () => machine.addMark(CLUSTER, kind.environment.OWNER!)],
    ["foreign", () => machine.addCluster(CLUSTER)],
    ["foreign", () => machine.addCluster(CLUSTER, "another stack")],
    ["half-made", makingIsKilled],
    ["stopped", () => (machine.run("ensure"), machine.stop(CLUSTER))],
    ["stopped", () => (machine.run("ensure"), machine.pause(CLUSTER))],
    ["running", () => machine.run("ensure")],
  ])("says %s, and changes nothing", (state, come) => {
    come();
    const before = machine.state;
    machine.takeChanges();
    expect(machine.run("state")).toEqual({ code: 0, signal: null, stdout: `${state}\n`, stderr: "" });
    expect(machine.takeChanges()).toEqual([]);
    expect(machine.state).toEqual(before);
  });

  it("does not call a cluster gone that cannot be listed", () => {
    machine.set("list-goes-wrong", "");
    expect(machine.run("state")).toMatchObject({ code: 1, stdout: "" });
  });
});

it("kind-cluster.sh ensure lets a paused node go on, and does not take it for half-made", () => {
  machine.run("ensure");
  machine.takeChanges();
  machine.pause(CLUSTER);
  expect(machine.run("ensure")).toMatchObject({ code: 0 });
  expect(machine.takeChanges()).toEqual([]);
  expect(machine.run("state").stdout).toBe("running\n");
});

describe("kind-cluster.sh ports", () => {
  it("says which of them are taken, with neither Docker nor kind", async () => {
    for (const name of ["docker", "kind"]) machine.uninstall(name);
    const { grafanaPort, otlpGrpcPort, otlpHttpPort } = kind.ports;
    await withListener(Number(otlpGrpcPort), () => {
      expect(machine.run("ports")).toEqual({
        code: 0,
        signal: null,
        stdout: `grafanaPort ${grafanaPort} free\notlpGrpcPort ${otlpGrpcPort} taken\notlpHttpPort ${otlpHttpPort} free\n`,
        stderr: "",
      });
    });
  });
});

describe("a run of kind-cluster.sh that was killed", () => {
  const waiting = (pid: number) => `Waiting for process ${pid}, which is still at work on the cluster.\n`;

  it.each(["ensure", "delete"])("is waited for by %s while it lives on", async (verb) => {
    const living = new LivingProcess();
    machine.atWork = living.pid;
    const { said, ended } = machine.start(verb);
    while (said.stderr === "") await new Promise((resolve) => setTimeout(resolve, 20));
    expect([said.stderr, machine.takeChanges()]).toEqual([waiting(living.pid), []]);
    await living.end();
    expect(await ended).toMatchObject({ code: 0 });
    expect(machine.takeChanges()).not.toEqual([]);
  });

  it("is not waited for once it is dead", () => {
    machine.atWork = deadPid();
    const { code, stderr } = machine.run("ensure");
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("Waiting for process")]);
  });

  it("has left its name, and one that came to its end, well or not, has taken it away", () => {
    makingIsKilled();
    expect(machine.atWork).toMatch(/^\d+$/);
    machine.run("ensure");
    expect(machine.atWork).toBe("");
    machine.run("delete");
    machine.set("create-goes-wrong", "it fails");
    expect(machine.run("ensure").code).not.toBe(0);
    expect(machine.atWork).toBe("");
  });
});

it("kind-cluster.sh leaves no mark where kind failed, and has taken away what it made", () => {
  machine.set("create-goes-wrong", "it fails");
  machine.run("ensure");
  expect(machine.state).toEqual({});
});
