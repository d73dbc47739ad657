import { COMPONENTS } from "../../versions";
import { NONE } from "../helpers/fake-alloy";
import { helmRecord } from "../helpers/fake-cluster";
import { FakeStatus } from "../helpers/fake-status";

let stack: FakeStatus;
afterEach(() => stack.stop());

const MiB = 2 ** 20;
/** Area, name and state of each line that is not ok. */
const amiss = async () => (await stack.amiss()).map(({ area, name, state }) => `${area} ${name} ${state}`);

describe("a stack that is well", () => {
  it("is ok in every line, on one screen, with exit code 0", async () => {
    stack = await FakeStatus.start();
    const { code, out, err } = await stack.run([]);
    expect([code, err]).toEqual([0, ""]);
    const rows = out.trimEnd().split("\n");
    expect(rows.length).toBeLessThan(40);
    const areas = rows.map((row) => row.slice(0, 11).trim()).filter((area) => area !== "");
    expect(areas).toEqual(["cluster", "parts", "pods", "volumes", "addresses", "paths", "All is well"]);
    expect(out).not.toMatch(/\b(warn|WRONG)\b/);
    expect(out).toContain("tempo 2.2.4, as pinned (2.10.8); ready; answers Grafana");
    expect(out).toMatch(/loki-0 +ready; 20 MiB of 512 MiB; no restart/);
    expect(out).toMatch(/alloy-data +100 MiB of 2\.0 GiB/);
    expect(out).toMatch(/traces → stand-in +\d+\.\d\/s, queue 0 MiB of 192 MiB, lag 0 s/);
    expect(out).toMatch(/All is well\. The second path is the stand-in\.\n$/);
  });

  it("is told to machines in numbers", async () => {
    stack = await FakeStatus.start("sumo");
    const { code, out } = await stack.run(["--json"]);
    const told = JSON.parse(out) as Record<string, unknown>;
    expect(told).toMatchObject({
      ...{ ok: true, context: "kind-watchtower", namespace: "watchtower", secondPath: "sumo" },
      components: COMPONENTS,
    });
    const { lines } = told as { lines: { name: string; data?: object }[] };
    const dataOf = (name: string) => lines.find((line) => line.name === name)?.data;
    expect(dataOf("mimir")).toMatchObject({
      version: "6.1.0",
      pinned: "6.1.0",
      status: "deployed",
      revision: 1,
    });
    expect(dataOf("loki-0")).toMatchObject({
      ...{ ready: true, restarts: 0 },
      memory: [{ container: "loki", used: 20 * MiB, limit: 512 * MiB }],
    });
    expect(dataOf("traces → Sumo")).toMatchObject({ queuedBytes: 0, lagSeconds: 0, lost: 0 });
    expect(code).toBe(0);
  });

  it.each([
    ["sumo", "traces → Sumo"],
    ["stand-in", "traces → stand-in"],
    ["off", "second path"],
  ] as const)("with the second path %s says so", async (destination, name) => {
    stack = await FakeStatus.start(destination);
    const { code, lines } = await stack.run();
    expect(lines.filter((line) => line.name === name && line.state === "ok")).toHaveLength(1);
    expect(code).toBe(0);
  });

  it.each([[["grafana"]], [["tempo", "alloy"]], [["loki"]], [["mimir", "grafana", "alloy"]]] as const)(
    "may run no more than %j, and nothing else is asked for",
    async (components) => {
      stack = await FakeStatus.start("off", components);
      const { code, lines } = await stack.run();
      expect(lines.filter(({ area }) => area === "parts").map(({ name }) => name)).toEqual(components);
      expect(lines.filter(({ state }) => state !== "ok")).toEqual([]);
      expect(code).toBe(0);
    },
  );
});

it("says that there is no second path without Alloy, rather than that it is off", async () => {
  stack = await FakeStatus.start("off", ["grafana"]);
  expect((await stack.run([])).out).toMatch(/All is well\. There is no second path without alloy\.\n$/);
});

describe("a part that is broken is named, and the exit code is 1", () => {
  beforeEach(async () => (stack = await FakeStatus.start()));

  it.each<[string, () => void, string[]]>([
    ...(["tempo", "loki", "alloy", "sumo-stand-in", "grafana"] as const).map(
      (part): [string, () => void, string[]] => [
        `${part} is not ready`,
        () => stack.cluster.broken.set(part, `${part} answers 503 not yet`),
        [`parts ${part} wrong`],
      ],
    ),
    ...["mimir-distributor", "mimir-query-frontend"].map((service): [string, () => void, string[]] => [
      `${service} is not ready`,
      () => stack.cluster.broken.set(service, "no answer within 2 s"),
      ["parts mimir wrong"],
    ]),
    ...(["tempo", "loki", "mimir"] as const).map((part): [string, () => void, string[]] => [
      `${part} does not answer Grafana`,
      () =>
        (stack.grafana = ({ path }) =>
          path.includes(`/uid/${part}/`) ? { status: 502, body: "bad" } : undefined),
      [`parts ${part} wrong`],
    ]),
    [
      "Grafana's database is broken",
      () =>
        (stack.grafana = ({ path }) =>
          path === "/api/health" ? { body: '{"database":"failing"}' } : undefined),
      ["parts tempo warn", "parts loki warn", "parts mimir warn", "addresses Grafana wrong"],
    ],
    [
      "a data source is gone",
      () =>
        (stack.grafana = ({ path }) =>
          path === "/api/datasources" ? { body: '[{"uid":"loki"},{"uid":"mimir"}]' } : undefined),
      ["addresses Grafana wrong"],
    ],
    [
      "a release was cut off",
      () => stack.cluster.records.push(helmRecord("loki", { status: "pending-upgrade", revision: 2 })),
      ["parts loki wrong"],
    ],
    [
      "a release failed",
      () => stack.cluster.records.push(helmRecord("loki", { status: "failed", revision: 2 })),
      ["parts loki wrong"],
    ],
    ["a release is missing", () => void stack.cluster.records.shift(), ["parts tempo wrong"]],
    [
      "the cluster's node is not ready",
      () => (stack.cluster.nodes[0]!.status!.conditions![0]!.status = "Unknown"),
      ["cluster kind-watchtower wrong"],
    ],
    [
      "the node is short of disk",
      () => stack.cluster.nodes[0]!.status!.conditions!.push({ type: "DiskPressure", status: "True" }),
      ["cluster kind-watchtower wrong"],
    ],
    [
      "a claim has no volume",
      () => (stack.cluster.claims[0]!.status = { phase: "Pending" }),
      ["volumes tempo wrong"],
    ],
    [
      "the disk is nearly full",
      () => (stack.cluster.summary.node.fs!.availableBytes = 2 * 1024 * MiB),
      ["volumes disk below wrong"],
    ],
    [
      "OTLP over gRPC takes nothing",
      () => (stack.fake.sink.answer = () => "try later"),
      ["addresses OTLP gRPC wrong"],
    ],
    ["OTLP over HTTP takes nothing", () => stack.fake.otlp.stop(), ["addresses OTLP HTTP wrong"]],
    [
      "Alloy refused its configuration",
      () => (stack.own = { ...stack.own, configAccepted: false }),
      ["paths Alloy wrong"],
    ],
    [
      "a component of Alloy failed",
      () => (stack.own = { ...stack.own, unhealthy: 1 }),
      ["paths Alloy wrong"],
    ],
    ["a path is not run", () => stack.exporters.delete("loki"), ["paths logs → Loki wrong"]],
    [
      "the second path is not run",
      () => stack.exporters.delete("sumo"),
      ["paths traces → stand-in wrong", "paths logs → stand-in wrong", "paths metrics → stand-in wrong"],
    ],
  ])("%s", async (_, breaks, named) => {
    breaks();
    expect(await amiss()).toEqual(named);
    expect((await stack.run()).code).toBe(1);
  });

  it.each([
    ["failed", "`npm run up`"],
    [
      "uninstalling",
      '`kubectl --context kind-watchtower -n watchtower delete secret -l "owner=helm,name in (loki)"`, then `pulumi refresh --yes`, then `npm run up`',
    ],
  ])("a release that is %s is told with what mends it", async (status, mend) => {
    stack.cluster.records.push(helmRecord("loki", { status, revision: 2 }));
    const { lines } = await stack.run();
    const [line] = lines.filter(({ area, name }) => area === "parts" && name === "loki");
    expect(line).toMatchObject({ state: "wrong", mend });
    expect(line!.saw).toMatch(new RegExp(`is ${status};`));
  });

  it("Grafana does not answer: what it was to be asked for is not ok either", async () => {
    stack.fake.grafana.stop();
    const lines = await stack.amiss();
    expect(lines.map(({ name, state }) => [name, state])).toEqual([
      ["tempo", "warn"],
      ["loki", "warn"],
      ["mimir", "warn"],
      ["Grafana", "wrong"],
    ]);
    expect(lines.at(-1)!.saw).toMatch(/^Grafana does not answer at http:\S+ \(ECONNREFUSED\)$/);
  });

  it("Grafana's password was changed", async () => {
    const { grafana } = stack.stack;
    const lines = await stack.amiss({ grafana: { ...grafana!, password: "another" } });
    expect(lines.find(({ name }) => name === "Grafana")).toMatchObject({
      state: "wrong",
      saw: expect.stringMatching(/refuses the stack's own password \(401\)/) as string,
    });
  });
});

it("the word that tells how a line is has a colour on a terminal, wherever the line stands", async () => {
  stack = await FakeStatus.start();
  stack.cluster.broken.set("tempo", "no answer");
  const before = process.env.FORCE_COLOR;
  process.env.FORCE_COLOR = "1";
  const { out } = await stack.run([]);
  if (before === undefined) delete process.env.FORCE_COLOR;
  else process.env.FORCE_COLOR = before;
  for (const row of [
    "cluster    \x1b[32mok\x1b[39m     kind-watchtower",
    "parts      \x1b[31mWRONG\x1b[39m  tempo",
    "           \x1b[32mok\x1b[39m     loki",
  ])
    expect(`\n${out}`).toContain(`\n${row}`);
});

it("a chart that is not the pinned one is told, with both versions", async () => {
  stack = await FakeStatus.start();
  stack.cluster.records.push(helmRecord("grafana", { version: "12.0.0", revision: 2 }));
  expect(await stack.amiss()).toMatchObject([
    {
      name: "grafana",
      state: "warn",
      saw: expect.stringMatching(/^grafana 12\.0\.0, and 12\.11\.1 is pinned/) as string,
    },
  ]);
});

it("items that Alloy sent back are told", async () => {
  stack = await FakeStatus.start();
  stack.between = () => {
    stack.allIsSent();
    stack.own = { ...stack.own, refused: { ...NONE, spans: 3 } };
  };
  expect(await stack.amiss()).toMatchObject([
    { name: "Alloy", state: "warn", saw: expect.stringContaining("3 items") as string },
  ]);
});
