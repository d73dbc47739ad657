import type { Line } from "../../scripts/status/line";
import { ITEM_BYTES, NONE } from "../helpers/fake-alloy";
import { FakeStatus } from "../helpers/fake-status";

const TOKEN = "ZaVnC4dhaV1==";
let stack: FakeStatus;
beforeEach(async () => (stack = await FakeStatus.start("sumo")));
afterEach(() => stack.stop());

/** A line of Alloy's log, so many seconds ago; on the second path each signal has an exporter of its own. */
function failed(
  what: "Will retry" | "Dropping data",
  exporter: string,
  said: string,
  secondsAgo = 5,
): string {
  const at = new Date(Date.now() - secondsAgo * 1_000).toISOString();
  return `ts=${at} level=error msg="Exporting failed. ${what}." component_id=otelcol.exporter.otlphttp.${exporter} error="${said}"\n`;
}
const to = (signal: string) =>
  `error exporting items, request to https://sumo.example/otlp/${TOKEN}/v1/${signal} responded with HTTP Status Code`;

async function amiss(): Promise<Line[]> {
  const { out, code, lines } = await stack.run();
  expect(out).not.toContain(TOKEN);
  const found = lines.filter(({ state }) => state !== "ok");
  expect(code).toBe(found.some(({ state }) => state === "wrong") ? 1 : 0);
  return found;
}
const lineOf = async (name: string) => (await stack.run()).lines.find((line) => line.name === name)!;

/** All paths but these send what comes in. */
function stuck(...names: string[]): void {
  const well = [...stack.exporters.keys()].filter((name) => !names.includes(name));
  stack.between = () => stack.allIsSent(well);
  for (const name of names) stack.exporters.get(name)!.queuedBytes = 500 * ITEM_BYTES;
}

it("a path whose other side is away is wrong while it tries again, with why and how far behind it is", async () => {
  stuck("sumo");
  stack.cluster.log = ["traces", "metrics", "logs"]
    .map((one) => failed("Will retry", `sumo_${one}`, `${to(one)} 503`))
    .join("");
  const lines = await amiss();
  expect(lines.map(({ name }) => name)).toEqual(["traces → Sumo", "logs → Sumo", "metrics → Sumo"]);
  for (const line of lines)
    expect(line).toMatchObject({
      state: "wrong",
      saw: expect.stringMatching(
        /^0\.0\/s, queue 0\.0 MiB of .*, lag [1-9]\d* s; tries again: HTTP Status Code 503$/,
      ) as string,
      data: { lastError: { reason: "HTTP Status Code 503", final: false } },
    });
});

it("each signal is told its own error", async () => {
  stuck("sumo");
  stack.cluster.log =
    failed("Will retry", "sumo_traces", "no such host") +
    failed("Will retry", "sumo_logs", `${to("logs")} 429`);
  const saw = (await amiss()).map((line) => line.saw.split("tries again: ")[1]);
  expect(saw).toEqual(["no such host", "HTTP Status Code 429", undefined]);
});

it("a local path likewise, and the other paths do not mind", async () => {
  stuck("tempo");
  stack.cluster.log = failed("Will retry", "tempo", "connection refused");
  expect(await amiss()).toMatchObject([
    {
      name: "traces → Tempo",
      state: "wrong",
      saw: expect.stringMatching(/tries again: connection refused$/) as string,
    },
  ]);
});

it("an attempt that failed a moment ago is no fault of a queue that is empty again", async () => {
  stack.cluster.log = failed("Will retry", "loki", `${to("logs")} 503`, 5);
  expect(await amiss()).toEqual([]);
});

it("an attempt that failed long ago does not say why something waits now", async () => {
  stuck("loki");
  stack.cluster.log = failed("Will retry", "loki", `${to("logs")} 503`, 200);
  expect(await amiss()).toMatchObject([
    {
      name: "logs → Loki",
      state: "warn",
      saw: expect.stringContaining("sends nothing of what waits; last error") as string,
    },
  ]);
});

it("a path that waits for an answer, with nothing in the log yet, is not ok", async () => {
  stuck("loki");
  expect(await amiss()).toMatchObject([
    {
      name: "logs → Loki",
      state: "warn",
      saw: expect.stringContaining("sends nothing of what waits") as string,
    },
  ]);
});

it("a refusal for good is wrong, with what was lost and how to set another endpoint", async () => {
  stack.cluster.log = failed("Dropping data", "sumo_traces", `${to("traces")} 401`);
  stack.between = () => {
    stack.allIsSent(["tempo", "loki", "mimir"]);
    const sumo = stack.exporters.get("sumo")!;
    sumo.failed = { ...NONE, spans: (sumo.failed?.spans ?? 0) + 10 };
  };
  expect((await amiss())[0]).toMatchObject({
    name: "traces → Sumo",
    state: "wrong",
    saw: expect.stringMatching(
      /refused for good: HTTP Status Code 401; 10 items are lost to this path$/,
    ) as string,
    mend: expect.stringMatching(/pulumi config set --secret sumoEndpoint .*`npm run up`/) as string,
  });
});

it("one that was a moment ago is still wrong while nothing came since to show that it is over", async () => {
  stack.between = () => undefined;
  stack.exporters.get("sumo")!.failed = { ...NONE, spans: 10 };
  stack.cluster.log = failed("Dropping data", "sumo_traces", `${to("traces")} 401`, 120);
  expect(await amiss()).toMatchObject([{ name: "traces → Sumo", state: "wrong" }]);
  stack.between = () => stack.allIsSent();
  expect(await amiss()).toMatchObject([
    {
      name: "traces → Sumo",
      state: "warn",
      saw: expect.stringContaining("10 items were lost to this path since Alloy started") as string,
    },
  ]);
});

it("items that find the queue full are lost, and that is wrong", async () => {
  stack.between = () => {
    stack.allIsSent();
    stack.exporters.get("mimir")!.overflown = { ...NONE, metric_points: 4 };
  };
  expect(await amiss()).toMatchObject([
    {
      name: "metrics → Mimir",
      state: "wrong",
      saw: expect.stringMatching(/its queue is full; 4 items are lost/) as string,
    },
  ]);
});

it.each([
  [0.4, "ok"],
  [0.6, "warn"],
  [0.95, "wrong"],
])("a queue that is full to %d is %s", async (share, state) => {
  // It was empty at the first reading, so nothing but how full it is counts.
  stack.between = () => {
    stack.allIsSent();
    stack.exporters.get("sumo")!.queuedBytes = share * 192 * 2 ** 20;
  };
  expect(await lineOf("traces → Sumo")).toMatchObject({ state });
});

it("an error that is over is told of a path that is ok", async () => {
  stack.cluster.log = failed("Will retry", "loki", `${to("logs")} 503`, 300);
  expect(await lineOf("logs → Loki")).toMatchObject({
    state: "ok",
    saw: expect.stringMatching(/lag 0 s; last error 5 min ago: HTTP Status Code 503$/) as string,
  });
});

it("a configuration that is not ours is replaced by one that Pulumi looks for first, and no log with the token is named", async () => {
  stack.own = { ...stack.own, configAccepted: false };
  stack.exporters.delete("loki");
  const again = "`pulumi up --refresh --yes` gives it ours again";
  const mends = (await amiss()).map(({ name, mend }) => [name, mend]);
  expect(mends).toEqual([
    ["logs → Loki", `wait: Alloy takes a changed configuration within a minute; else ${again}`],
    ["Alloy", `see \`npm run logs -- alloy --no-follow\`; ${again}`],
  ]);
});

it("a second path that is off is wrong while Alloy still runs it", async () => {
  const off = await FakeStatus.start("off");
  try {
    off.exporters.set("sumo", { name: "sumo" });
    expect(await off.amiss()).toMatchObject([
      { name: "second path", state: "wrong", saw: "is off, and Alloy still runs it" },
    ]);
  } finally {
    off.stop();
  }
});
