import { notUpSince } from "../../scripts/lib/node";
import { waitingPods, waitingReleases } from "../../scripts/lib/waiting";
import { ROOM } from "../../values/tempo-room";
import { pod, pullOf, STARTED } from "../helpers/pods";

const waits = (reason: string, message?: string) => ({ state: { waiting: { reason, message } } });
const READY = { type: "Ready", status: "True" };
const IMAGE = "docker.io/grafana/loki:3.7.6";
/** A container whose image is not there. */
const NO_IMAGE = { image: IMAGE, imageID: "", ...waits("ContainerCreating") };

describe("what a pod waits for", () => {
  const why = (...args: Parameters<typeof pod>) =>
    waitingPods([pod(...args)], [pullOf(IMAGE, "loki-0")])[0]?.why;

  it.each([
    ["the pull of its image", { container: NO_IMAGE }, "pulling grafana/loki:3.7.6"],
    [
      "an image that cannot be pulled",
      { container: { ...NO_IMAGE, ...waits("ImagePullBackOff", "not found") } },
      `cannot pull ${IMAGE}: not found`,
    ],
    [
      "an image whose registry does not answer",
      { container: { ...NO_IMAGE, ...waits("RegistryUnavailable", "") } },
      `cannot pull ${IMAGE}: RegistryUnavailable`,
    ],
    [
      "a container that keeps ending",
      {
        container: {
          ...waits("CrashLoopBackOff", "back-off 5m0s"),
          lastState: { terminated: { reason: "OOMKilled", exitCode: 137 } },
        },
      },
      "keeps ending (OOMKilled, exit code 137)",
    ],
    [
      "a place",
      { unplaced: "0/1 nodes: Insufficient memory." },
      "not placed: 0/1 nodes: Insufficient memory.",
    ],
    [
      "a Secret",
      { container: waits("CreateContainerConfigError", 'secret "x" not found') },
      'secret "x" not found',
    ],
    [
      "what its first container waits for",
      { init: NO_IMAGE, container: waits("PodInitializing") },
      "pulling grafana/loki:3.7.6",
    ],
    ["nothing but its own start", {}, undefined],
  ])("is told: %s", (_, state, sentence) => {
    expect(why("loki-0", state)).toBe(sentence);
  });

  const roomSince = (startedAt: Date) => ({
    container: { name: ROOM.container, ready: false, state: { running: { startedAt } } },
  });

  it("is told: room for its volume, with what makes some", () => {
    expect(waitingPods([pod("tempo-0", roomSince(STARTED))], [])).toEqual([
      {
        release: "tempo",
        pod: "tempo-0",
        why: expect.stringMatching(
          /^its volume is short of room .*64 MiB.*128\), or .*`room`.* wait in Alloy's queue$/,
        ) as string,
        mend: expect.stringMatching(/^make room: `docker system df`.* docs\/troubleshooting\.md$/) as string,
      },
    ]);
  });

  it("is told: its own end, whatever its containers tell of it", () => {
    const ending = pod("tempo-0", roomSince(STARTED));
    ending.metadata!.deletionTimestamp = new Date();
    expect(waitingPods([ending], [])).toEqual([{ release: "tempo", pod: "tempo-0", why: "ending" }]);
  });

  it("is not room while nobody has looked yet", () => {
    expect(why("tempo-0", roomSince(new Date()))).toBeUndefined();
  });

  it("is no pull where the image is there, or another pod's is pulled", () => {
    expect(why("loki-0", { container: { ...NO_IMAGE, imageID: "sha256:1" } })).toBeUndefined();
    expect(why("tempo-0", { container: NO_IMAGE })).toBeUndefined();
  });
});

describe("a release", () => {
  const pulls = [pullOf(IMAGE, "mimir-2")];

  it("of several pods is told with how many are ready, and what the first waits for of which it is known", () => {
    const pods = [
      pod("mimir-0", { ready: true }),
      pod("mimir-1"),
      pod("mimir-2", { container: NO_IMAGE }),
      pod("mimir-job", { phase: "Succeeded" }),
      pod("loki-0", { container: waits("CrashLoopBackOff") }),
    ];
    expect([...waitingReleases(pods, pulls)]).toEqual([
      ["mimir", `1 of 3 pods are ready; mimir-2: pulling grafana/loki:3.7.6`],
      ["loki", "loki-0: keeps ending (?, exit code ?)"],
    ]);
  });

  it("is not told where all of it is ready, or nothing is known", () => {
    expect([...waitingReleases([pod("loki-0", { ready: true }), pod("tempo-0")], [])]).toEqual([]);
  });
});

it("pods that are ready or have done their work wait for nothing; the others are told with their release", () => {
  const pods = [pod("loki-0", { ready: true }), pod("mimir-job", { phase: "Succeeded" }), pod("tempo-0")];
  expect(waitingPods(pods, [])).toEqual([{ release: "tempo", pod: "tempo-0", why: undefined }]);
});

describe("after a start of the node", () => {
  const up = (since: Date, ...pods: ReturnType<typeof pod>[]) => notUpSince(since, { pods, slices: [] });
  const before = new Date(STARTED.getTime() - 1_000);
  const after = new Date(STARTED.getTime() + 1_000);

  it("a pod counts as up once it has begun since, and is ready", () => {
    expect(up(before, pod("loki-0", { ready: true }))).toBeUndefined();
    expect(up(before, pod("loki-0"))).toBe("loki-0 (starting)");
  });

  it("a pod that is ready as of before does not count", () => {
    expect(up(after, pod("loki-0", { ready: true }), pod("tempo-0", { ready: true }))).toBe(
      "loki-0 (starting), tempo-0 (starting)",
    );
  });

  it("a pod that has done its work is not waited for", () => {
    const done = { phase: "Succeeded", container: { state: { terminated: { exitCode: 0 } } } };
    expect(up(before, pod("loki-0", { ready: true }), pod("mimir-job", done))).toBeUndefined();
  });

  describe("a service is waited for", () => {
    const loki = { ...pod("loki-0", { ready: true }), status: { podIP: "10.0.0.2", conditions: [READY] } };
    const slice = (address: string, ready = true) => ({
      addressType: "IPv4",
      metadata: { labels: { "kubernetes.io/service-name": "loki" } },
      endpoints: [
        {
          addresses: [address],
          conditions: { ready },
          targetRef: { kind: "Pod", uid: loki.metadata?.uid },
        },
      ],
    });
    const missing = (...slices: ReturnType<typeof slice>[]) => notUpSince(before, { pods: [loki], slices });

    it("while it leads to an address that its pod has no more, which is another's by now", () => {
      expect(missing(slice("10.0.0.9"))).toBe("the way to loki");
    });

    it("while it does not count its pod as ready", () => {
      expect(missing(slice("10.0.0.2", false))).toBe("the way to loki");
    });

    it("until it leads to its pod", () => {
      expect(missing(slice("10.0.0.2"))).toBeUndefined();
    });
  });

  it("an API that knows no pods yet is waited for", () => {
    expect(up(before)).toBe("the cluster's API");
  });
});
