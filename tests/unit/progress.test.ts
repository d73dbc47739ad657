import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";
import type { PodNews } from "../../scripts/lib/cluster";
import { Progress } from "../../scripts/lib/progress";
import { Screen } from "../../scripts/lib/screen";
import { Memory } from "../helpers/memory";
import { pod, pullOf } from "../helpers/pods";

const URN = "urn:pulumi:local::watchtower::watchtower:index:";
const CLUSTER = `${URN}Cluster$command:local:Command::watchtower-kind`;
const LOKI = `${URN}Loki$watchtower:index:ChartRelease$kubernetes:helm.sh/v3:Release::loki-release`;
const TEMPO = LOKI.replaceAll("Loki", "Tempo").replaceAll("loki", "tempo");
const SECRET = `${URN}Loki$kubernetes:core/v1:Secret::loki-secret`;

/** What the engine tells while it works. */
const begun = (urn: string, op: OpType = "create") => ({ resourcePreEvent: { metadata: { urn, op } } });
const ended = (urn: string, op: OpType = "create") => ({ resOutputsEvent: { metadata: { urn, op } } });
const said = (message: string, severity: string, urn = CLUSTER) => ({
  diagnosticEvent: { message, severity, urn },
});

let out: Memory & { isTTY: boolean };
let news: jest.Mock<Promise<PodNews>>;
let readers: jest.Mock;
let progress: Progress;
beforeEach(() => {
  jest.useFakeTimers();
  out = Object.assign(new Memory(), { isTTY: true, columns: 100 });
  news = jest.fn(() => Promise.resolve({ pods: [], pulling: [] }));
  readers = jest.fn(() => news);
  progress = new Progress(new Screen(out), readers);
});
afterEach(() => {
  progress.stop();
  jest.useRealTimers();
});

const happens = (...events: object[]) => events.forEach((event) => progress.onEvent(event as EngineEvent));
const pass = (s: number) => jest.advanceTimersByTimeAsync(s * 1_000);
/** What is to be read in the end, line by line, and last the status. */
const shown = () => out.text.split("\n").map((line) => line.split("\r").at(-1)!.trim());

describe("the steps", () => {
  it("are told once each, when they end, with the time", async () => {
    happens(begun(CLUSTER));
    await pass(61);
    happens(ended(CLUSTER), ended(CLUSTER), begun(LOKI, "update"), ended(LOKI, "update"));
    expect(shown()).toEqual([
      expect.stringMatching(/^61\.0 s {2}cluster +ready$/),
      "61.0 s  loki           changed",
      "",
    ]);
  });

  it("that take no time, or change nothing, are not told", async () => {
    happens(begun(SECRET), ended(SECRET), begun(LOKI, "same"), ended(LOKI, "same"));
    await pass(20);
    expect(shown()).toEqual([""]);
    expect(news).not.toHaveBeenCalled();
  });

  it("that are under way are shown until they end", async () => {
    happens(begun(LOKI));
    await pass(1);
    expect(shown()).toEqual(["1.0 s  0 of 1 done, waiting for loki"]);
    happens(ended(LOKI));
    progress.stop();
    await pass(5);
    expect(shown()).toEqual([expect.stringContaining("ready"), ""]);
  });
});

describe("on a slow network", () => {
  const fetching = (received: number, done = false) => ({
    progressEvent: {
      type: "plugin-download",
      id: "plugin-download:random-4.21.1",
      message: "Downloading plugin random-4.21.1",
      ...{ received, total: 13_715_827, done },
    },
  });

  it("the plug-in that is fetched is shown, with how much of it is there", async () => {
    happens(fetching(32_768));
    await pass(1);
    expect(shown()).toEqual(["1.0 s  Downloading plugin random-4.21.1: 0 of 14 MB"]);
    happens(fetching(6_890_684));
    await pass(1);
    expect(shown()).toEqual(["2.0 s  Downloading plugin random-4.21.1: 7 of 14 MB"]);
    happens(fetching(13_715_827, true), begun(LOKI));
    await pass(1);
    expect(shown()).toEqual(["3.0 s  0 of 1 done, waiting for loki"]);
  });

  it("the image that is pulled is shown first, and how far all the rest is", async () => {
    const image = "docker.io/grafana/tempo:2.10.8";
    const container = { image, imageID: "", state: { waiting: { reason: "ContainerCreating" } } };
    news.mockResolvedValue({ pods: [pod("tempo-0", { container })], pulling: [pullOf(image, "tempo-0")] });
    happens(begun(SECRET), begun(CLUSTER), ended(CLUSTER), begun(LOKI), begun(TEMPO));
    await pass(11);
    expect(shown().at(-1)).toBe(
      `11.0 s  1 of 3 done, waiting for tempo (tempo-0: pulling grafana/tempo:2.10.8), loki`,
    );
  });
});

it("nothing is told after the end, even of a step that has not come to its own", async () => {
  happens(begun(LOKI));
  await pass(1);
  progress.stop();
  const { text } = out;
  await pass(60);
  expect(out.text).toBe(text);
  expect(shown()).toEqual([""]);
});

describe("what is said meanwhile", () => {
  it("by kind is shown while the cluster is made", async () => {
    happens(begun(CLUSTER), said(" • Ensuring node image (kindest/node:v1.34.0) 🖼  ...\n", "info"));
    await pass(1);
    expect(shown()).toEqual(["1.0 s  cluster: Ensuring node image (kindest/node:v1.34.0)   ..."]);
  });

  it.each([
    'Set kubectl context to "kind-watchtower"',
    "You can now use your cluster with:",
    "kubectl cluster-info --context kind-watchtower",
    "Have a nice day! 👋",
    "Not sure what to do next? 😅  Check out https://kind.sigs.k8s.io/docs/user/quick-start/",
  ])("by kind once it is done is not: %s", async (chatter) => {
    happens(
      begun(CLUSTER),
      said(" • Installing StorageClass 💾  ...\n", "info"),
      said(`${chatter}\n`, "info"),
    );
    await pass(1);
    expect(shown()).toEqual(["1.0 s  cluster: Installing StorageClass   ..."]);
  });

  it("by our own script is shown", async () => {
    happens(begun(CLUSTER), said("The cluster was left half-made; making it again.\n", "info"));
    await pass(1);
    expect(shown()).toEqual(["1.0 s  cluster: The cluster was left half-made; making it again."]);
  });

  it("by others is not", async () => {
    happens(begun(CLUSTER), said("a word of a chart's", "info", LOKI));
    await pass(1);
    expect(shown()).toEqual(["1.0 s  cluster: checking"]);
  });

  it("as an error is kept, without the marks for colours", () => {
    happens(
      said("<{%reset%}>no such chart<{%reset%}>\n", "error", LOKI),
      said("deprecated", "warning", LOKI),
      said("<{%fg 1%}>the disk<{%reset%}> is full", "error"),
    );
    expect(progress.errors).toEqual(["no such chart", "the disk is full"]);
  });
});

describe("the pods", () => {
  const unplaced = { pods: [pod("loki-0", { unplaced: "no room" })], pulling: [] };

  it("are asked for only when an installation takes its time, and say what it waits for", async () => {
    news.mockResolvedValue(unplaced);
    happens(begun(LOKI));
    await pass(8);
    expect(news).not.toHaveBeenCalled();
    await pass(2);
    expect(news).toHaveBeenCalledTimes(1);
    expect(shown()).toEqual(["10.0 s  0 of 1 done, waiting for loki (loki-0: not placed: no room)"]);
    await pass(9);
    expect(news).toHaveBeenCalledTimes(2);
    expect(readers).toHaveBeenCalledTimes(1);
  });

  it("are not asked for while there is no cluster", async () => {
    happens(begun(CLUSTER), begun(LOKI));
    await pass(60);
    expect(readers).not.toHaveBeenCalled();
  });

  it("are looked for anew when the cluster could not be reached", async () => {
    news.mockRejectedValueOnce(new Error("no route"));
    happens(begun(LOKI));
    await pass(20);
    expect([readers.mock.calls.length, news.mock.calls.length]).toEqual([2, 2]);
    expect(shown()).toEqual(["20.0 s  0 of 1 done, waiting for loki"]);
  });
});
