import type { V1Pod } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { Fault } from "../../scripts/lib/fault";
import { follow, type Reading, readOnce } from "../../scripts/logs/follow";
import { parseOptions } from "../../scripts/logs/options";
import { type LogQuery, Refusal } from "../../scripts/logs/stream";

/** A pod with one container that writes and one that helps it. */
function pod(name: string, id: string | undefined, state: object = { running: {} }): V1Pod {
  return {
    metadata: { name },
    spec: { containers: [{ name: "main" }, { name: "helper" }] },
    status: {
      containerStatuses: [
        { name: "helper", containerID: "helper" },
        { name: "main", containerID: id, state },
      ],
    },
  } as V1Pod;
}

/** A cluster of pods, whose logs a test writes. */
class Cluster {
  readonly asked: LogQuery[] = [];
  readonly written: string[] = [];
  readonly told: string[] = [];
  private readonly ends: (() => void)[] = [];
  readonly missing = new Map<string, string>();
  answers = true;

  constructor(public pods: V1Pod[]) {}

  readonly reading: Reading = {
    pods: () => (this.answers ? Promise.resolve(this.pods) : Promise.reject(new Fault("gone"))),
    read: (query, line) => {
      this.asked.push(query);
      const why = this.missing.get(query.pod);
      if (why !== undefined) return Promise.reject(new Refusal(why));
      line(`of ${query.pod}`);
      return query.follow ? new Promise((end) => this.ends.push(end)) : Promise.resolve();
    },
    write: (line) => void this.written.push(line),
    tell: (text) => void this.told.push(text),
  };

  /** Follows for some rounds, with what happens before each. */
  async followed(...rounds: (() => void)[]): Promise<void> {
    let round = 0;
    await follow(this.reading, { tail: 5 }, 1, () => {
      rounds[round]?.();
      return round++ > rounds.length;
    });
  }

  endAll(): void {
    for (const end of this.ends.splice(0)) end();
  }
}

describe("following a log", () => {
  it("begins with the last lines of each pod's first container, and reads each once", async () => {
    const cluster = new Cluster([pod("a", "1"), pod("b", "2")]);
    await cluster.followed(
      () => undefined,
      () => undefined,
    );
    expect(cluster.asked).toEqual([
      { pod: "a", container: "main", follow: true, previous: false, tail: 5 },
      { pod: "b", container: "main", follow: true, previous: false, tail: 5 },
    ]);
    expect(cluster.told).toEqual([]);
  });

  it("goes on with the pod that takes over, from its first line, and says so", async () => {
    const cluster = new Cluster([pod("old", "1")]);
    await cluster.followed(
      () => undefined,
      () => {
        cluster.endAll();
        cluster.pods = [pod("new", undefined, { waiting: {} })]; // has not begun
      },
      () => (cluster.pods = [pod("new", "2")]),
    );
    expect(cluster.asked.map(({ pod, tail }) => [pod, tail])).toEqual([
      ["old", 5],
      ["new", undefined],
    ]);
    expect(cluster.told).toEqual(["now of new"]);
  });

  it("goes on with a container that was restarted in its pod", async () => {
    const cluster = new Cluster([pod("a", "1")]);
    await cluster.followed(
      () => undefined,
      () => {
        cluster.endAll();
        cluster.pods = [pod("a", "1", { waiting: { reason: "CrashLoopBackOff" } })];
      },
      () => (cluster.pods = [pod("a", "2")]),
    );
    expect(cluster.asked).toHaveLength(2);
    expect(cluster.written).toEqual(["of a", "of a"]);
  });

  it("takes up a log that was cut off, with what was written since", async () => {
    const cluster = new Cluster([pod("a", "1")]);
    await cluster.followed(
      () => undefined,
      () => cluster.endAll(),
      () => undefined,
    );
    expect(cluster.asked).toHaveLength(2);
    expect(cluster.asked[1]!.since).toBeInstanceOf(Date);
    expect(cluster.asked[1]).not.toHaveProperty("tail");
  });

  it("shows the last log of one that keeps ending", async () => {
    const cluster = new Cluster([pod("a", "1", { waiting: { reason: "CrashLoopBackOff" } })]);
    await cluster.followed();
    expect(cluster.written).toEqual(["of a"]);
  });

  it("ends when the cluster does not answer any more", async () => {
    const cluster = new Cluster([pod("a", "1")]);
    const gone = cluster.followed(() => (cluster.answers = false));
    await expect(gone).rejects.toThrow("gone");
  });
});

describe("reading a log once", () => {
  it("reads each pod's, and says of whom there is none, and why", async () => {
    const cluster = new Cluster([pod("a", "1"), pod("b", "2")]);
    cluster.missing.set("b", "no such container");
    expect(await readOnce(cluster.reading, { previous: true })).toEqual({
      found: 1,
      missing: [{ pod: "b", why: "no such container" }],
    });
    expect(cluster.asked[0]).toEqual({ pod: "a", container: "main", follow: false, previous: true });
  });
});

describe("the options of logs", () => {
  const read = (...argv: string[]) => parseOptions(argv);

  it("are Alloy, its last 100 lines, and on and on", () => {
    expect(read()).toMatchObject({
      options: { part: { name: "alloy" }, tail: 100, follow: true, previous: false },
    });
  });

  it("take a component, a number of lines or all, and an end", () => {
    expect(read("mimir-querier", "--tail", "0", "--no-follow")).toMatchObject({
      options: { part: { name: "mimir-querier" }, tail: 0, follow: false },
    });
    expect(read("--tail", "all")).toMatchObject({ options: { tail: undefined } });
  });

  it("do not follow a container that has ended", () => {
    expect(read("--previous")).toMatchObject({ options: { previous: true, follow: false } });
  });

  it.each(["-1", "many", ""])("refuse --tail '%s'", (tail) => {
    expect(read(`--tail=${tail}`)).toMatchObject({
      fault: expect.stringContaining("it takes a number, or all") as string,
    });
  });
});
