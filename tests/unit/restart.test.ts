import type { V1Deployment } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { parseOptions } from "../../scripts/restart/options";
import { notRolledOut, restart, type Workloads } from "../../scripts/restart/rollout";

const DONE = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, readyReplicas: 1 };

function workload(name: string, status: object = DONE): V1Deployment {
  return {
    metadata: { name, generation: 2 },
    spec: { replicas: 1 },
    status: { ...DONE, ...status },
  } as V1Deployment;
}

describe("a rollout", () => {
  it("is over when its pods are new, ready, and alone", () => {
    expect(notRolledOut(workload("loki"))).toEqual([]);
  });

  it.each([
    ["was not begun", { observedGeneration: 1 }, "loki (not begun)"],
    ["has an old pod alone", { updatedReplicas: 0 }, "loki (old pod ends, new pod starts)"],
    ["has an old pod beside the new one", { replicas: 2 }, "loki (old pod ends, new pod starts)"],
    ["has a new pod that is not ready", { readyReplicas: 0 }, "loki (starting)"],
    ["has no pod ready, and tells of none", { readyReplicas: undefined }, "loki (starting)"],
  ])("is not over while it %s", (_, status, waiting) => {
    expect(notRolledOut(workload("loki", status))).toEqual([waiting]);
  });
});

describe("a restart", () => {
  const patience = { withinMs: 200, everyMs: 1 };

  /** Workloads whose states come one after the other, from the restart on. */
  function workloads(...states: V1Deployment[][]) {
    const restarted: string[] = [];
    const given: Workloads = {
      list: () => Promise.resolve(states.length > 1 ? states.shift()! : states[0]!),
      restart: ({ metadata }) => Promise.resolve(restarted.push(metadata!.name!)),
    };
    return { given, restarted };
  }

  it("restarts each workload, and waits until the last is ready", async () => {
    const begun = { observedGeneration: 1 };
    const { given, restarted } = workloads(
      [workload("a"), workload("b")],
      [workload("a", begun), workload("b", begun)],
      [workload("a"), workload("b", { readyReplicas: 0 })],
      [workload("a"), workload("b")],
    );
    const told: string[] = [];
    await restart(given, patience, (waiting) => told.push(waiting));
    expect(restarted).toEqual(["a", "b"]);
    expect(told).toEqual(["waiting for a (not begun), b (not begun)", "waiting for b (starting)"]);
  });

  it("says what is not ready when time is up", async () => {
    const { given } = workloads([workload("a", { readyReplicas: 0 })]);
    await expect(restart(given, patience, () => undefined)).rejects.toThrow(
      "It was restarted, and is not ready yet: a (starting).",
    );
  });

  it("of what is not in the cluster says who knows what brings it back", async () => {
    await expect(restart(workloads([]).given, patience, () => undefined)).rejects.toThrow(
      /: `npm run status` names what brings it back/,
    );
  });
});

describe("the options of restart", () => {
  it("are a component, and how long to wait for it", () => {
    expect(parseOptions(["mimir", "--timeout", "30s"])).toMatchObject({
      options: { part: { name: "mimir" }, timeoutMs: 30_000 },
    });
  });

  it("cannot be without a component", () => {
    expect(parseOptions([])).toMatchObject({
      fault: expect.stringMatching(/^Name a component: tempo, /) as string,
    });
  });
});
