import type { V1Pod, V1StatefulSet } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { stuckPods } from "../../scripts/up/stuck";
import { pod } from "../helpers/pods";

const SET: V1StatefulSet = {
  metadata: { name: "tempo", uid: "uid-of-the-set", generation: 2 },
  status: { replicas: 1, observedGeneration: 2, updateRevision: "tempo-new" },
};

/** A pod of the set. */
function madeAs(
  revision: string,
  { ready = false, deletionTimestamp = undefined as Date | undefined } = {},
): V1Pod {
  const made = pod("tempo-0", { ready });
  Object.assign(made.metadata!, {
    deletionTimestamp,
    ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: "tempo", uid: "uid-of-the-set" }],
  });
  made.metadata!.labels!["controller-revision-hash"] = revision;
  return made;
}

const stuck = (pods: V1Pod[], set = SET) => stuckPods([set], pods).length > 0;

describe("a pod that is not ready", () => {
  it("is stuck if its StatefulSet would make it otherwise by now", () => {
    expect(stuck([madeAs("tempo-old")])).toBe(true);
  });

  it.each<[string, V1Pod[], V1StatefulSet]>([
    ["it is as it should be: replacing it would change nothing", [madeAs("tempo-new")], SET],
    ["it is on its way out already", [madeAs("tempo-old", { deletionTimestamp: new Date() })], SET],
    ["it is another's", [pod("tempo-0")], SET],
    [
      "the set's newest form was not looked at yet",
      [madeAs("tempo-old")],
      { ...SET, status: { ...SET.status!, observedGeneration: 1 } },
    ],
  ])("is not where %s", (_, pods, set) => {
    expect(stuck(pods, set)).toBe(false);
  });
});

it("a pod that is ready is replaced by its StatefulSet itself", () => {
  expect(stuck([madeAs("tempo-old", { ready: true })])).toBe(false);
});
