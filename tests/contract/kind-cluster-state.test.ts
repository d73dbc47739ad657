import { kindMachine } from "../helpers/kind-machine";
import { withListener } from "../helpers/ports";
import { deadPid, LivingProcess } from "../helpers/processes";
import { until } from "../helpers/until";

const CLUSTER = "watchtower";

const on = kindMachine();

describe("kind-cluster.sh state", () => {
  it.each<[string, () => void]>([
    ["gone", () => on.machine.addMark(CLUSTER, on.kind.environment.OWNER!)],
    ["foreign", () => on.machine.addCluster(CLUSTER)],
    ["foreign", () => on.machine.addCluster(CLUSTER, "another stack")],
    ["foreign", () => on.machine.addCluster(CLUSTER, "another", "stack dev of /elsewhere")],
    ["lost", () => on.machine.run("ensure", { OWNER: "of a state that is lost" })],
    ["half-made", () => on.machine.makingIsKilled()],
    ["stopped", () => (on.machine.run("ensure"), on.machine.stop(CLUSTER))],
    ["stopped", () => (on.machine.run("ensure"), on.machine.pause(CLUSTER))],
    ["running", () => on.machine.run("ensure")],
  ])("says %s, and changes nothing", (state, come) => {
    come();
    const before = on.machine.state;
    on.machine.takeChanges();
    expect(on.machine.run("state")).toEqual({ code: 0, signal: null, stdout: `${state}\n`, stderr: "" });
    expect(on.machine.takeChanges()).toEqual([]);
    expect(on.machine.state).toEqual(before);
  });

  it("does not call a cluster gone that cannot be listed", () => {
    on.machine.set("list-goes-wrong", "");
    expect(on.machine.run("state")).toMatchObject({ code: 1, stdout: "" });
  });
});

describe("kind-cluster.sh remove-lost", () => {
  const lost = { OWNER: "of a state that is lost" };

  it("takes away a cluster that the stack made, though nobody knows its id any more", () => {
    on.machine.run("ensure", lost);
    expect(on.machine.run("remove-lost")).toMatchObject({ code: 0, stdout: "removed\n" });
    expect(on.machine.state).toEqual({});
  });

  it("takes away what a killed making has left of it", () => {
    on.machine.makingIsKilled();
    expect(on.machine.run("remove-lost", lost)).toMatchObject({ code: 0, stdout: "removed\n" });
    expect(on.machine.state).toEqual({});
  });

  it.each<[string, () => void, Record<string, string>]>([
    ["another stack's", () => on.machine.run("ensure", lost), { STACK: "another" }],
    ["another folder's", () => on.machine.addCluster(CLUSTER, "x", "stack dev of /elsewhere"), {}],
    ["one without a mark", () => on.machine.addCluster(CLUSTER), {}],
  ])("leaves %s", (_, come, env) => {
    come();
    const before = on.machine.state;
    on.machine.takeChanges();
    expect(on.machine.run("remove-lost", env)).toMatchObject({ code: 0, stdout: "foreign\n" });
    expect(on.machine.takeChanges()).toEqual([]);
    expect(on.machine.state).toEqual(before);
  });

  it.each(["docker", "kind"])("has nothing to do where there is nothing, or no %s", (name) => {
    expect(on.machine.run("remove-lost")).toMatchObject({ code: 0, stdout: "" });
    on.machine.uninstall(name);
    expect(on.machine.run("remove-lost")).toMatchObject({ code: 0, stdout: "", stderr: "" });
  });

  it("does not say that nothing is there while Docker does not answer", () => {
    on.machine.set("docker-is-down", "");
    expect(on.machine.run("remove-lost")).toMatchObject({ code: 1, stdout: "" });
  });
});

it("kind-cluster.sh ensure lets a paused node go on, and does not take it for half-made", () => {
  on.machine.run("ensure");
  on.machine.takeChanges();
  on.machine.pause(CLUSTER);
  expect(on.machine.run("ensure")).toMatchObject({ code: 0 });
  expect(on.machine.takeChanges()).toEqual([]);
  expect(on.machine.run("state").stdout).toBe("running\n");
});

describe("a node that does not tell whether it is complete", () => {
  beforeEach(() => {
    on.machine.run("ensure");
    on.machine.takeChanges();
    on.machine.hurry();
  });

  it.each<[string, string, () => void]>([
    ["ensure", "start", () => on.machine.stop(CLUSTER)],
    ["ensure", "exec", () => on.machine.stop(CLUSTER)],
    ["ensure", "exec", () => undefined],
    ["state", "exec", () => undefined],
  ])("is left as it is by %s where Docker cannot %s it", (verb, wrong, come) => {
    come();
    on.machine.set("node-goes-wrong", wrong);
    const kept = Object.keys(on.machine.state);
    const { code, stdout, stderr } = on.machine.run(verb);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(
      `The node watchtower-control-plane does not start or does not answer (Error response from daemon: cannot ${wrong} it), and was left as it is: mend what Docker says of it, and run this command again; or remove the cluster with its data by \`npm run down\`.\n`,
    );
    expect(on.machine.takeChanges()).toEqual([]);
    expect(Object.keys(on.machine.state)).toEqual(expect.arrayContaining(kept));
  });

  it.each(["ensure", "state"])(
    "is asked again by %s, since one that was just started takes a moment",
    (verb) => {
      on.machine.set("node-goes-wrong", "once");
      expect(on.machine.run(verb)).toMatchObject({ code: 0, stderr: "" });
      expect(on.machine.takeChanges()).toEqual([]);
    },
  );

  it("is taken away by delete, and not in the way of check", () => {
    on.machine.set("node-goes-wrong", "exec");
    expect(on.machine.run("check")).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(on.machine.run("delete").code).toBe(0);
    expect(on.machine.state).toEqual({});
  });
});

describe("kind-cluster.sh ports", () => {
  it("says which of them are taken, with neither Docker nor kind", async () => {
    for (const name of ["docker", "kind"]) on.machine.uninstall(name);
    const { grafanaPort, otlpGrpcPort, otlpHttpPort } = on.kind.ports;
    await withListener(Number(otlpGrpcPort), () => {
      expect(on.machine.run("ports")).toEqual({
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
    on.machine.atWork = living.pid;
    const { said, ended } = on.machine.start(verb);
    await until(
      () => said.stderr !== "",
      () => "it says nothing",
      4_000,
    );
    expect([said.stderr, on.machine.takeChanges()]).toEqual([waiting(living.pid), []]);
    await living.end();
    expect(await ended).toMatchObject({ code: 0 });
    expect(on.machine.takeChanges()).not.toEqual([]);
  });

  it("is not waited for once it is dead", () => {
    on.machine.atWork = deadPid();
    const { code, stderr } = on.machine.run("ensure");
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("Waiting for process")]);
  });

  it("has left its name, and one that came to its end, well or not, has taken it away", () => {
    on.machine.makingIsKilled();
    expect(on.machine.atWork).toMatch(/^\d+$/);
    on.machine.run("ensure");
    expect(on.machine.atWork).toBe("");
    on.machine.run("delete");
    on.machine.set("create-goes-wrong", "it fails");
    expect(on.machine.run("ensure").code).not.toBe(0);
    expect(on.machine.atWork).toBe("");
  });
});

it("kind-cluster.sh leaves no mark where kind failed, and has taken away what it made", () => {
  on.machine.set("create-goes-wrong", "it fails");
  on.machine.run("ensure");
  expect(on.machine.state).toEqual({});
});
