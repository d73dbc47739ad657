import { kindMachine } from "../helpers/kind-machine";
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

const on = kindMachine();

/** The changes that a run made, with the removal of a mark that is not there left out. */
function changes(): string[] {
  return on.machine.takeChanges().filter((call) => !call.startsWith("docker volume rm"));
}

it("kind-cluster.sh is what the program runs, for each of the three things it may be asked", () => {
  const { create, update, delete: remove } = on.kind;
  expect([create, update, remove]).toEqual(
    ["ensure", "ensure", "delete"].map((verb) => `sh scripts/kind-cluster.sh ${verb}`),
  );
});

describe("kind-cluster.sh ensure", () => {
  it("marks what it will make as ours, makes it, and notes in it that it is complete", () => {
    expect(on.machine.run("ensure")).toMatchObject({ code: 0 });
    expect(changes()).toEqual(MADE);
    expect(on.machine.state).toMatchObject({
      "volumes/watchtower-owner": on.kind.environment.OWNER,
      "nodes/watchtower-control-plane": "",
      "nodes/watchtower-control-plane/running": "",
      "nodes/watchtower-control-plane/restart": "unless-stopped", // or it stays off when Docker is restarted
      "nodes/watchtower-control-plane/kind/watchtower-complete": "",
    });
  });

  it("keeps what is sent to a pod that is gone or a service that is new inside the node, after a restart and in an older cluster, too", () => {
    const kept = {
      [`${NODE}/kind/watchtower-routes`]: expect.stringMatching(
        /icmp_ratemask\n(#.*\n)*.* local 10\.244\.0\.0\/16 dev lo table main &&\n.* local 10\.96\.0\.0\/16 dev lo table main$/,
      ) as string,
      [`${NODE}/ran`]: "/kind/watchtower-routes",
      [`${NODE}/etc/systemd/system/kubelet.service.d/20-watchtower.conf`]:
        "[Service]\nExecStartPre=-/kind/watchtower-routes",
    };
    on.machine.run("ensure");
    expect(on.machine.state).toMatchObject(kept);
    Object.keys(kept).forEach((file) => on.machine.removeFile(file));
    on.machine.run("ensure");
    expect(on.machine.state).toMatchObject(kept);
  });

  it("prints the kubeconfig and nothing else, whatever Docker and kind have to say", () => {
    expect(on.machine.run("ensure").stdout).toBe(KUBECONFIG);
    on.machine.stop(CLUSTER);
    expect(on.machine.run("ensure").stdout).toBe(KUBECONFIG);
  });

  it("hands kind its configuration as it is, to the last character", () => {
    const config = `${on.kind.environment.KIND_CONFIG}# a \\n that is no new line\n`;
    on.machine.run("ensure", { KIND_CONFIG: config });
    expect(on.machine.config.trimEnd()).toBe(config.trimEnd());
  });

  it("asks for a node image only when one is set", () => {
    on.machine.run("ensure", { NODE_IMAGE: "kindest/node:v1.34.0" });
    expect(changes()).toContain(
      `kind create cluster --name ${CLUSTER} --image kindest/node:v1.34.0 --config -`,
    );
  });

  it("makes nothing when all is there, even when something answers at our ports: it is ours", async () => {
    on.machine.run("ensure");
    changes();
    const before = on.machine.state;
    await withListener(Number(on.kind.ports.grafanaPort), () => {
      expect(on.machine.run("ensure")).toMatchObject({ code: 0, stdout: KUBECONFIG });
    });
    expect(changes()).toEqual([]);
    expect(on.machine.state).toEqual(before);
  });

  it("starts a node that was stopped, and makes nothing", () => {
    on.machine.run("ensure");
    const before = on.machine.state;
    changes();
    on.machine.stop(CLUSTER);
    expect(on.machine.run("ensure")).toMatchObject({ code: 0, stdout: KUBECONFIG });
    expect(changes()).toEqual([]);
    expect(on.machine.state).toEqual(before);
  });

  it("makes a cluster of ours again whose making was killed", () => {
    expect(on.machine.makingIsKilled()).toMatchObject({ signal: "SIGKILL", stdout: "" });
    changes();
    expect(on.machine.run("ensure")).toMatchObject({ code: 0, stdout: KUBECONFIG });
    expect(changes()).toEqual([`kind delete cluster --name ${CLUSTER}`, ...MADE]);
    expect(on.machine.run("ensure").code).toBe(0);
    expect(changes()).toEqual([]);
  });

  it("fails when kind fails, and makes the cluster when it is run again", () => {
    on.machine.set("create-goes-wrong", "it fails");
    const { code, stdout } = on.machine.run("ensure");
    expect({ failed: code !== 0, stdout }).toEqual({ failed: true, stdout: "" });
    on.machine.set("create-goes-wrong");
    changes();
    expect(on.machine.run("ensure").code).toBe(0);
    expect(changes()).toEqual(MADE);
  });

  it.each(NOT_OURS)("refuses a cluster of the same name with %s", (_, owner) => {
    on.machine.addCluster(CLUSTER, owner);
    const before = on.machine.state;
    const { code, stdout, stderr } = on.machine.run("ensure");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/named watchtower is there already and belongs to something else/);
    expect(stderr).toMatch(
      /`kind delete cluster --name watchtower`.*`pulumi config set kubeContext kind-watchtower`/,
    );
    expect(on.machine.takeChanges()).toEqual([]);
    expect(on.machine.state).toEqual(before);
  });

  it("says whose the cluster of the name is, where that was noted", () => {
    on.machine.addCluster(CLUSTER, "another", "stack dev of /elsewhere");
    expect(on.machine.run("ensure").stderr).toMatch(
      /named watchtower is there already and belongs to stack dev of \/elsewhere: remove it/,
    );
  });

  it("says what mends it where the stack itself made the cluster, and has lost its state", () => {
    on.machine.run("ensure");
    on.machine.takeChanges();
    const { code, stdout, stderr } = on.machine.run("ensure", { OWNER: "drawn anew" });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^The kind cluster watchtower was made by the stack \S+ of \S+, whose state is lost: `npm run down` removes it with its data, and `npm run up` makes it anew\.\n$/,
    );
    expect(on.machine.takeChanges()).toEqual([]);
  });

  it("takes over the name of a stack whose cluster is gone", () => {
    on.machine.addMark(CLUSTER, "another stack");
    expect(on.machine.run("ensure")).toMatchObject({ code: 0, stdout: KUBECONFIG });
    expect(on.machine.state["volumes/watchtower-owner"]).toBe(on.kind.environment.OWNER);
    expect(on.machine.run("ensure").code).toBe(0);
  });

  it("makes the cluster again that somebody deleted behind our back", () => {
    on.machine.run("ensure");
    on.machine.removeCluster(CLUSTER);
    changes();
    expect(on.machine.run("ensure")).toMatchObject({ code: 0, stdout: KUBECONFIG });
    expect(changes()).toEqual(MADE);
  });

  it("minds no cluster of another name", () => {
    on.machine.addCluster(`${CLUSTER}-2`);
    on.machine.addCluster(`my-${CLUSTER}`);
    expect(on.machine.run("ensure").code).toBe(0);
    expect(changes()).toEqual(MADE);
  });
});

describe("kind-cluster.sh delete", () => {
  it("takes the cluster and its mark, and prints nothing for the state to keep", () => {
    on.machine.run("ensure");
    expect(on.machine.run("delete")).toMatchObject({ code: 0, stdout: "" });
    expect(on.machine.state).toEqual({});
  });

  it("takes a cluster whose making was killed", () => {
    on.machine.makingIsKilled();
    expect(on.machine.run("delete").code).toBe(0);
    expect(on.machine.state).toEqual({});
  });

  it("is content when the cluster is gone already, and takes what is left", () => {
    on.machine.run("ensure");
    on.machine.removeCluster(CLUSTER);
    expect(on.machine.run("delete").code).toBe(0);
    expect(on.machine.run("delete").code).toBe(0);
    expect(on.machine.state).toEqual({});
  });

  it.each(NOT_OURS)("leaves a cluster with %s, and says so", (_, owner) => {
    on.machine.addCluster(CLUSTER, owner);
    const before = on.machine.state;
    const { code, stderr } = on.machine.run("delete");
    expect(code).toBe(0);
    expect(stderr).toMatch(/not this stack's/);
    expect(on.machine.takeChanges()).toEqual([]);
    expect(on.machine.state).toEqual(before);
  });
});

it.each(["ensure", "delete", "check"])(
  "kind-cluster.sh %s touches nothing while kind cannot list its clusters",
  (verb) => {
    on.machine.addCluster(CLUSTER, "another stack");
    on.machine.set("list-goes-wrong", "");
    expect(on.machine.run(verb)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("`kind get clusters`") as string,
    });
    expect(on.machine.takeChanges()).toEqual([]);
  },
);
