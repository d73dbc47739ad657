import { Kube } from "../../scripts/e2e-faults/kube";
import { LiveStack, type LiveTools } from "../../scripts/e2e-faults/live-stack";
import type { Change, Undo } from "../../scripts/e2e-faults/undo";
import type { Api, ApiRequest } from "../../scripts/lib/plain-api";

/** A cluster's API that answers from a table, and remembers what it was asked to change. */
class FakeApi {
  readonly changes: { path: string; how: ApiRequest }[] = [];
  answers: Record<string, (path: string) => unknown> = {};

  readonly api: Api = (path, how = {}) => {
    if (how.method !== undefined) this.changes.push({ path, how });
    const [, answer] = Object.entries(this.answers).find(([part]) => path.includes(part)) ?? [];
    const said = answer?.(path);
    const body = typeof said === "string" ? said : JSON.stringify(said ?? {});
    return Promise.resolve({ status: answer || how.method ? 200 : 404, body: Buffer.from(body) });
  };
}

const POD = {
  metadata: { name: "alloy-1", uid: "1" },
  status: {
    conditions: [{ type: "Ready", status: "True" }],
    containerStatuses: [{ name: "alloy", containerID: "containerd://abc", restartCount: 1 }],
  },
};
const CONFIG_MAP = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: {
    name: "alloy-config",
    labels: { a: "b" },
    managedFields: [
      { manager: "somebody", operation: "Update" },
      { manager: "pulumi-kubernetes-1", operation: "Apply" },
    ],
  },
  data: { "config.alloy": "logging {}" },
};

let fake: FakeApi;
let kube: Kube;
beforeEach(() => {
  fake = new FakeApi();
  fake.answers = {
    "/configmaps/": () => CONFIG_MAP,
    "/pods?": () => ({ items: [POD] }),
    "/api/v1/nodes": () => ({ items: [{ metadata: { name: "node" } }] }),
  };
  kube = new Kube(fake.api, "watchtower");
});

describe("the cluster", () => {
  it("has a ConfigMap changed by the hand that owns it, or Pulumi would refuse to touch it again", async () => {
    await kube.setConfigMap("alloy-config", { "config.alloy": "other" });
    const [{ path, how }] = fake.changes as [{ path: string; how: ApiRequest }];
    expect(path).toMatch(/configmaps\/alloy-config\?fieldManager=pulumi-kubernetes-1&force=true$/);
    expect(how.headers).toEqual({ "content-type": "application/apply-patch+yaml" });
    // What an owner does not apply again is taken away.
    expect(JSON.parse(how.body!)).toMatchObject({
      metadata: { name: "alloy-config", labels: { a: "b" } },
      data: { "config.alloy": "other" },
    });
  });

  it("is not ready while a part has no pod, two, or one that is going", async () => {
    expect(await kube.notReady("alloy")).toBeUndefined();
    const going = { ...POD, metadata: { ...POD.metadata, deletionTimestamp: "now" } };
    const starting = { ...POD, status: {} };
    for (const items of [[], [POD, going], [going], [starting]]) {
      fake.answers["/pods?"] = () => ({ items });
      expect(await kube.notReady("alloy")).toMatch(/^alloy/);
    }
  });

  it("tells of Alloy's former process, too, where it was started anew", async () => {
    fake.answers["/log?"] = (path) => (path.includes("previous=true") ? "before" : "after");
    const since = new Date("2026-01-02T03:04:05Z");
    expect(await kube.log("alloy", since)).toBe("before\nafter");
  });

  it("keeps pods from starting, and lets them again", async () => {
    await kube.letPodsStart(false);
    await kube.letPodsStart(true);
    expect(fake.changes.map(({ path, how }) => [path, how.body])).toEqual([
      ["/api/v1/nodes/node", '{"spec":{"unschedulable":true}}'],
      ["/api/v1/nodes/node", '{"spec":{"unschedulable":false}}'],
    ]);
  });
});

describe("a running stack", () => {
  const done: string[] = [];
  let changes: Change[];
  let live: LiveStack;
  let loadedAt: number;
  beforeEach(() => {
    done.length = 0;
    changes = [];
    loadedAt = 100;
    fake.answers["/proxy/metrics"] = () => `alloy_config_last_load_success_timestamp_seconds ${loadedAt++}`;
    const undo = {
      note: (change: Change) => void changes.push(change),
      putBack: async (by: (change: Change) => Promise<void>, which: (change: Change) => boolean) => {
        for (const change of changes.filter(which).reverse()) await by(change);
        changes = changes.filter((change) => !which(change));
      },
    } as unknown as Undo;
    live = new LiveStack({
      kube,
      undo,
      engine: {
        set: (key, value) => Promise.resolve(void done.push(`${key}=${value}`)),
        up: () => Promise.resolve(void done.push("up")) as never,
      },
      cluster: {},
      shell: {
        kill: (id: string, signal: string) => Promise.resolve(void done.push(`${signal} ${id}`)),
        wipe: (folder: string) =>
          Promise.resolve(
            void done.push(`wipe ${folder}, to undo: ${changes.map(({ what }) => what).join()}`),
          ),
      } as LiveTools["shell"],
      untilInEffect: (destination) => Promise.resolve(void done.push(`until ${destination}`)),
      settingsFile: "Pulumi.local.yaml",
      tell: () => {},
    });
  });

  it("notes Alloy's configuration before it changes it, and goes back to it", async () => {
    await live.editAlloy((text) => text.replace("{}", "{ }"));
    expect(changes).toEqual([{ what: "config", text: "logging {}" }]);
    fake.answers["/configmaps/"] = () => ({ ...CONFIG_MAP, data: { "config.alloy": "logging { }" } });
    await live.putBack(changes[0]!);
    expect(fake.changes.map(({ how }) => (JSON.parse(how.body!) as typeof CONFIG_MAP).data)).toEqual([
      { "config.alloy": "logging { }" },
      { "config.alloy": "logging {}" },
    ]);
  });

  it("has the second write switched when Alloy goes by it", async () => {
    await live.setSecondWrite(false);
    await live.setSecondWrite(true, () => done.push("just before"));
    expect(done).toEqual([
      ...["sumoEnabled=false", "up", "until off"],
      ...["sumoEnabled=true", "just before", "up", "until sumo"],
    ]);
  });

  it("ends the process of a part's own container", async () => {
    await live.kill("alloy", "TERM");
    expect(done).toEqual(["TERM containerd://abc"]);
  });

  it("has the ingester ship, and waits until nothing is with it alone", async () => {
    const held = [
      [5, 0],
      [0, 1_700_000_000],
      [0, 0],
    ];
    fake.answers["/proxy/metrics"] = () => {
      const [series, unshipped] = held.shift()!;
      return `cortex_ingester_memory_series{user="a"} ${series}
        cortex_ingester_oldest_unshipped_block_timestamp_seconds ${unshipped}`;
    };
    await live.shipBlocks();
    expect(held).toEqual([]);
    expect(fake.changes.map(({ path, how }) => [path, how.method])).toEqual([
      ["/api/v1/namespaces/watchtower/pods/alloy-1:8080/proxy/ingester/flush", "POST"],
    ]);
  });

  it("empties a volume while its pod is gone, and none may start", async () => {
    fake.answers["/persistentvolumeclaims/"] = () => ({ spec: { volumeName: "v" } });
    fake.answers["/persistentvolumes/"] = () => ({ spec: { hostPath: { path: "/a/folder" } } });
    let looks = 0;
    const coming = { ...POD, status: {} };
    // Of the one that is asked to end; twice of that one ending; of one that waits for its start; of one that is ready.
    fake.answers["/pods?"] = () => ({ items: [looks++ === 3 ? coming : POD] });
    await live.loseVolume("mimir-ingester");
    expect(done).toEqual(["wipe /a/folder, to undo: no-starts"]);
    expect(changes).toEqual([]);
  });

  it("has a part away while no pod may start, whatever becomes of us", async () => {
    await live.keepAway(["alloy"], () => {
      done.push(`away, to undo: ${changes.map(({ what }) => what).join()}`);
      return Promise.resolve();
    });
    expect(done).toEqual(["away, to undo: no-starts"]);
    expect(fake.changes.map(({ how }) => how.body ?? how.method)).toEqual([
      '{"spec":{"unschedulable":true}}',
      "DELETE",
      '{"spec":{"unschedulable":false}}',
    ]);
    expect(changes).toEqual([]);
  });

  it("is told what waits in Alloy's queues", async () => {
    fake.answers["/proxy/metrics"] = () => "otelcol_exporter_queue_size 5\notelcol_exporter_queue_size 6";
    expect(await live.backlog(11)).toBeUndefined();
    expect(await live.backlog(10)).toBe("11 bytes wait in Alloy's queues");
  });
});
