import { FakeMachine } from "../helpers/fake-machine";
import { type KindCommand, kindCommand } from "../helpers/kind-command";
import { withListener } from "../helpers/ports";

const CLUSTER = "watchtower";
const KUBECONFIG = `kubeconfig of ${CLUSTER}\n`;
const NODE = "nodes/watchtower-control-plane";
const MADE = [
  expect.stringMatching(/^docker volume create .*watchtower-owner$/),
  `kind create cluster --name ${CLUSTER} --config -`,
  expect.stringMatching(/^docker exec watchtower-control-plane touch /),
] as unknown as string[];

/** How a cluster shows that another made it: what is found, and the owner it names. */
const NOT_OURS: [string, string | undefined][] = [
  ["no mark", undefined],
  ["another stack's mark", "another stack"],
];

let kind: KindCommand;
let machine: FakeMachine;
beforeAll(async () => {
  kind = await kindCommand();
});
beforeEach(() => {
  machine = new FakeMachine(kind.environment);
});
afterEach(() => machine.remove());

/** The changes that a run made, with the removal of a mark that is not there left out. */
function changes(): string[] {
  return machine.takeChanges().filter((call) => !call.startsWith("docker volume rm"));
}

it("kind-cluster.sh is what the program runs, for each of the three things it may be asked", () => {
  const { create, update, delete: remove } = kind;
  expect([create, update, remove]).toEqual(
    ["ensure", "ensure", "delete"].map((verb) => `sh scripts/kind-cluster.sh ${verb}`),
  );
});

describe("kind-cluster.sh ensure", () => {
  it("marks what it will make as ours, makes it, and notes in it that it is complete", () => {
    expect(machine.run("ensure")).toMatchObject({ code: 0 });
    expect(changes()).toEqual(MADE);
    expect(machine.state).toMatchObject({
      "volumes/watchtower-owner": kind.environment.OWNER,
      "nodes/watchtower-control-plane": "",
      "nodes/watchtower-control-plane/running": "",
      "nodes/watchtower-control-plane/restart": "unless-stopped", // or it stays off when Docker is restarted
      "nodes/watchtower-control-plane/kind/watchtower-complete": "",
    });
  });

  it("keeps what is sent to a pod that is gone inside the node, after a restart and in an older cluster, too", () => {
    const kept = {
      [`${NODE}/kind/watchtower-routes`]: expect.stringContaining("unreachable 10.244.0.0/16") as string,
      [`${NODE}/ran`]: "/kind/watchtower-routes",
      [`${NODE}/etc/systemd/system/kubelet.service.d/20-watchtower.conf`]:
        "[Service]\nExecStartPre=-/kind/watchtower-routes",
    };
    machine.run("ensure");
    expect(machine.state).toMatchObject(kept);
    Object.keys(kept).forEach((file) => machine.removeFile(file));
    machine.run("ensure");
    expect(machine.state).toMatchObject(kept);
  });

  it("prints the kubeconfig and nothing else, whatever Docker and kind have to say", () => {
    expect(machine.run("ensure").stdout).toBe(KUBECONFIG);
    machine.stop(CLUSTER);
    expect(machine.run("ensure").stdout).toBe(KUBECONFIG);
  });

  it("hands kind its configuration as it is, to the last character", () => {
    const config = `${kind.environment.KIND_CONFIG}# a \\n that is no new line\n`;
    machine.run("ensure", { KIND_CONFIG: config });
    expect(machine.config.trimEnd()).toBe(config.trimEnd());
  });

  it("asks for a node image only when one is set", () => {
    machine.run("ensure", { NODE_IMAGE: "kindest/node:v1.34.0" });
    expect(changes()).toContain(
      `kind create cluster --name ${CLUSTER} --image kindest/node:v1.34.0 --config -`,
    );
  });

  it("makes nothing when all is there, even when something answers at our ports: it is ours", async () => {
    machine.run("ensure");
    changes();
    const before = machine.state;
    await withListener(Number(kind.ports.grafanaPort), () => {
      expect(machine.run("ensure")).toMatchObject({ code: 0, stdout: KUBECONFIG });
    });
    expect(changes()).toEqual([]);
    expect(machine.state).toEqual(before);
  });

  it("starts a node that was stopped, and makes nothing", () => {
    machine.run("ensure");
    const before = machine.state;
    changes();
    machine.stop(CLUSTER);
    expect(machine.run("ensure")).toMatchObject({ code: 0, stdout: KUBECONFIG });
    expect(changes()).toEqual([]);
    expect(machine.state).toEqual(before);
  });

  it("makes a cluster of ours again whose making was killed", () => {
    machine.set("create-goes-wrong", "it is killed");
    expect(machine.run("ensure")).toMatchObject({ signal: "SIGKILL", stdout: "" });
    machine.set("create-goes-wrong");
    changes();
    expect(machine.run("ensure")).toMatchObject({ code: 0, stdout: KUBECONFIG });
    expect(changes()).toEqual([`kind delete cluster --name ${CLUSTER}`, ...MADE]);
    expect(machine.run("ensure").code).toBe(0);
    expect(changes()).toEqual([]);
  });

  it("fails when kind fails, and makes the cluster when it is run again", () => {
    machine.set("create-goes-wrong", "it fails");
    const { code, stdout } = machine.run("ensure");
    expect({ failed: code !== 0, stdout }).toEqual({ failed: true, stdout: "" });
    machine.set("create-goes-wrong");
    changes();
    expect(machine.run("ensure").code).toBe(0);
    expect(changes()).toEqual(MADE);
  });

  it.each(NOT_OURS)("refuses a cluster of the same name with %s", (_, owner) => {
    machine.addCluster(CLUSTER, owner);
    const before = machine.state;
    const { code, stdout, stderr } = machine.run("ensure");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/named watchtower is there already and belongs to something else/);
    expect(stderr).toMatch(
      /`kind delete cluster --name watchtower`.*`pulumi config set kubeContext kind-watchtower`/,
    );
    expect(machine.takeChanges()).toEqual([]);
    expect(machine.state).toEqual(before);
  });

  it("takes over the name of a stack whose cluster is gone", () => {
    machine.addMark(CLUSTER, "another stack");
    expect(machine.run("ensure")).toMatchObject({ code: 0, stdout: KUBECONFIG });
    expect(machine.state["volumes/watchtower-owner"]).toBe(kind.environment.OWNER);
    expect(machine.run("ensure").code).toBe(0);
  });

  it("makes the cluster again that somebody deleted behind our back", () => {
    machine.run("ensure");
    machine.removeCluster(CLUSTER);
    changes();
    expect(machine.run("ensure")).toMatchObject({ code: 0, stdout: KUBECONFIG });
    expect(changes()).toEqual(MADE);
  });

  it("minds no cluster of another name", () => {
    machine.addCluster(`${CLUSTER}-2`);
    machine.addCluster(`my-${CLUSTER}`);
    expect(machine.run("ensure").code).toBe(0);
    expect(changes()).toEqual(MADE);
  });
});

describe("kind-cluster.sh delete", () => {
  it("takes the cluster and its mark, and prints nothing for the state to keep", () => {
    machine.run("ensure");
    expect(machine.run("delete")).toMatchObject({ code: 0, stdout: "" });
    expect(machine.state).toEqual({});
  });

  it("takes a cluster whose making was killed", () => {
    machine.set("create-goes-wrong", "it is killed");
    machine.run("ensure");
    expect(machine.run("delete").code).toBe(0);
    expect(machine.state).toEqual({});
  });

  it("is content when the cluster is gone already, and takes what is left", () => {
    machine.run("ensure");
    machine.removeCluster(CLUSTER);
    expect(machine.run("delete").code).toBe(0);
    expect(machine.run("delete").code).toBe(0);
    expect(machine.state).toEqual({});
  });

  it.each(NOT_OURS)("leaves a cluster with %s, and says so", (_, owner) => {
    machine.addCluster(CLUSTER, owner);
    const before = machine.state;
    const { code, stderr } = machine.run("delete");
    expect(code).toBe(0);
    expect(stderr).toMatch(/not this stack's/);
    expect(machine.takeChanges()).toEqual([]);
    expect(machine.state).toEqual(before);
  });
});

it.each(["ensure", "delete"])(
  "kind-cluster.sh %s touches nothing while kind cannot list its clusters",
  (verb) => {
    machine.addCluster(CLUSTER, "another stack");
    machine.set("list-goes-wrong", "");
    expect(machine.run(verb)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("`kind get clusters`") as string,
    });
    expect(machine.takeChanges()).toEqual([]);
  },
);
