import type { V1StatefulSetSpec } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { ROOM } from "../../values/tempo-room";
import { COMPONENTS } from "../../versions";
import { helmRecord } from "../helpers/fake-cluster";
import { FakeStatus } from "../helpers/fake-status";

let stack: FakeStatus;
afterEach(() => stack.stop());

const MiB = 2 ** 20;
const sawOf = async (name: string) => (await stack.run()).lines.find((line) => line.name === name)?.saw;

describe("a pod", () => {
  beforeEach(async () => (stack = await FakeStatus.start()));
  const statusOf = (workload: string) => stack.cluster.podOf(workload).status!;

  it("that is not ready is wrong, with what it waits for", async () => {
    const status = statusOf("mimir-querier");
    status.conditions![0]!.status = "False";
    Object.assign(status.containerStatuses![0]!, {
      ready: false,
      restartCount: 5,
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: { terminated: { reason: "OOMKilled", exitCode: 137 } },
    });
    expect(await stack.amiss()).toMatchObject([
      {
        name: expect.stringMatching(/^mimir-querier-/) as string,
        state: "wrong",
        saw: expect.stringMatching(
          /^not ready: keeps ending \(OOMKilled, exit code 137\); 20 MiB .*5 restarts/,
        ) as string,
        mend: expect.stringMatching(
          /^see `kubectl --context kind-watchtower -n watchtower describe pod/,
        ) as string,
      },
    ]);
  });

  it("of Tempo that has no room for its spans says so, and what makes room", async () => {
    const status = statusOf("tempo");
    status.conditions![0]!.status = "False";
    const startedAt = new Date("2026-01-02T10:00:00Z");
    const room = { name: ROOM.container, image: "", imageID: "x", restartCount: 0 };
    status.containerStatuses!.push({ ...room, ready: false, state: { running: { startedAt } } });
    expect(await stack.amiss()).toMatchObject([
      {
        name: "tempo-0",
        state: "wrong",
        saw: expect.stringMatching(/^not ready: its volume is short of room/) as string,
        mend: expect.stringMatching(/^make room: /) as string,
      },
    ]);
  });

  it("near its memory's limit is told, with the container", async () => {
    const pod = stack.cluster.summary.pods.find(({ podRef }) => podRef.name.startsWith("alloy-"))!;
    pod.containers!.find(({ name }) => name === "alloy")!.memory = { workingSetBytes: 240 * MiB };
    expect(await stack.amiss()).toMatchObject([
      { state: "warn", saw: "ready; 240 MiB of 256 MiB in alloy, and at all of it it is killed; no restart" },
    ]);
  });

  it.each([
    ["just now", 60_000, "warn"],
    ["long ago", 4_000_000, "ok"],
  ])("that was killed for its memory %s", async (_, ms, state) => {
    const finishedAt = new Date(Date.now() - ms);
    Object.assign(statusOf("tempo").containerStatuses![0]!, {
      restartCount: 1,
      lastState: { terminated: { reason: "OOMKilled", exitCode: 137, finishedAt } },
    });
    const line = (await stack.run()).lines.find(({ name }) => name === "tempo-0");
    expect(line).toMatchObject({ state, saw: expect.stringMatching(/; 1 restart \(OOMKilled\)$/) as string });
  });
});

describe("a workload without a pod is named, with what brings it back", () => {
  const ON = "--context kind-watchtower -n watchtower";
  const COMPACTOR = { area: "pods", name: "mimir-compactor", state: "wrong" };
  beforeEach(async () => {
    stack = await FakeStatus.start();
    stack.cluster.losePodOf("mimir-compactor");
  });
  const deleteIt = () => {
    const { workloads } = stack.cluster;
    workloads.splice(workloads.indexOf(stack.cluster.workload("mimir-compactor")), 1);
  };

  it("where it was scaled down", async () => {
    stack.cluster.workload("mimir-compactor").spec = { replicas: 0 } as V1StatefulSetSpec;
    const mend = `\`kubectl ${ON} scale --replicas=1 statefulset/mimir-compactor\``;
    expect(await stack.amiss()).toEqual([{ ...COMPACTOR, saw: "is scaled down to no pod", mend }]);
  });

  it("where its pods are refused", async () => {
    const mend = `see \`kubectl ${ON} describe statefulset/mimir-compactor\``;
    expect(await stack.amiss()).toEqual([{ ...COMPACTOR, saw: "has no pod", mend }]);
  });

  it("where it was deleted: Helm's newest revision, by its number", async () => {
    deleteIt();
    stack.cluster.records.push(helmRecord("mimir", { revision: 3 }));
    const mend = "`helm --kube-context kind-watchtower -n watchtower rollback mimir 3`";
    expect(await stack.amiss()).toEqual([{ ...COMPACTOR, saw: "its StatefulSet was deleted", mend }]);
  });

  it("where it is gone with its release: the part's line says what brings that back", async () => {
    deleteIt();
    const { records } = stack.cluster;
    records.splice(
      records.findIndex(({ metadata }) => metadata!.labels!.name === "mimir"),
      1,
    );
    const amiss = await stack.amiss();
    expect(amiss.map(({ area, name }) => `${area} ${name}`)).toEqual(["parts mimir", "pods mimir-compactor"]);
    expect(amiss[1]).toEqual({ ...COMPACTOR, saw: "its StatefulSet was deleted" });
  });

  it.each(["workloads", "records"])("where the cluster does not tell of %s", async (what) => {
    deleteIt();
    stack.cluster.broken.set(what, "no answer within 2 s");
    const saw = "has no pod, and why is not known: no answer within 2 s";
    expect(await stack.amiss()).toContainEqual({ ...COMPACTOR, saw });
  });
});

describe("what nobody could be asked for is not ok", () => {
  beforeEach(async () => (stack = await FakeStatus.start()));

  it.each([
    ["nodes", ["cluster kind-watchtower warn"]],
    ["records", [...COMPONENTS, "sumo-stand-in"].map((part) => `parts ${part} warn`)],
    ["pods", ["pods pods wrong", "paths Alloy warn"]],
    ["kubelet", ["pods memory warn"]],
    ["claims", ["volumes volumes wrong"]],
    ["alloy metrics", ["paths paths wrong"]],
    ["log", ["paths Alloy warn"]],
  ])("%s", async (what, named) => {
    stack.cluster.broken.set(what, "no answer within 2 s");
    const lines = await stack.amiss();
    expect(lines.map(({ area, name, state }) => `${area} ${name} ${state}`)).toEqual(
      expect.arrayContaining(named),
    );
    for (const line of lines) expect(line.saw).toMatch(/no answer within 2 s/);
  });

  it("a pod's memory that the kubelet has not measured is not made up", async () => {
    stack.cluster.summary.pods.length = 0;
    expect(await sawOf("loki-0")).toBe("ready; memory not known; no restart");
  });

  it.each([
    ["the node cannot be asked", () => (stack.cluster.folders = undefined), "the node does not answer"],
    ["the node takes too long over it", () => stack.cluster.folders!.delete("/volumes/loki"), "within 2 s"],
  ])("a volume's use, where %s", async (_, breaks, why) => {
    breaks();
    const loki = (await stack.amiss()).find(({ area, name }) => area === "volumes" && name === "loki");
    expect(loki).toMatchObject({ state: "warn", saw: expect.stringContaining(why) as string });
  });
});

describe("the use of a volume", () => {
  beforeEach(async () => (stack = await FakeStatus.start()));

  it("is the kubelet's where it tells it, and else the node's", async () => {
    stack.cluster.summary.pods[0]!.volume = [{ pvcRef: { name: "loki" }, usedBytes: 1_900 * MiB }];
    const lines = (await stack.run()).lines.filter(({ area }) => area === "volumes");
    expect(lines.find(({ name }) => name === "loki")).toMatchObject({
      state: "warn",
      saw: "1.9 GiB of 2.0 GiB",
    });
    expect(lines.find(({ name }) => name === "tempo")).toMatchObject({
      state: "ok",
      saw: "100 MiB of 2.0 GiB",
    });
  });
});
