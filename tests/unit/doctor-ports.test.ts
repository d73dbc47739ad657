import { type Found, lookAtAll } from "../../scripts/doctor/check";
import type { Facts } from "../../scripts/doctor/facts";
import { PORTS } from "../../scripts/doctor/ports";
import { Fault } from "../../scripts/lib/fault";
import { factsWith, fails, is, KEPT, NOTHING_KEPT, settings, states } from "../helpers/fake-facts";
import { OwnPath } from "../helpers/own-path";
import { freePorts, withListener } from "../helpers/ports";

const own = new OwnPath();

describe("the ports", () => {
  let hostPorts: { grafanaPort: number; otlpGrpcPort: number; otlpHttpPort: number };
  beforeEach(async () => {
    const [a, b, c] = (await freePorts(3)).map(Number);
    hostPorts = { grafanaPort: a!, otlpGrpcPort: b!, otlpHttpPort: c! };
  });
  const HOST_PORTS = () =>
    Object.entries(hostPorts)
      .map(([key, port]) => `${key}=${port}`)
      .join(" ");
  const UP = () => ({ kept: is({ ...KEPT, cluster: { CLUSTER: "watchtower", HOST_PORTS: HOST_PORTS() } }) });
  const DOWN = { kept: is(NOTHING_KEPT), cluster: is("gone" as const) };
  const look = (changes: Partial<Facts>) =>
    lookAtAll(
      PORTS,
      factsWith({ settings: is(settings({ cluster: { kind: "kind", hostPorts } })), ...changes }),
    );
  /** Looks while a program has each of these ports. */
  async function whileTaken(keys: (keyof typeof hostPorts)[], changes: Partial<Facts>): Promise<Found[]> {
    const [key, ...more] = keys;
    if (key === undefined) return look(changes);
    let found: Promise<Found[]> | undefined;
    await withListener(hostPorts[key], async () => {
      found = whileTaken(more, changes);
      await found;
    });
    return found!;
  }
  const ALL = ["grafanaPort", "otlpGrpcPort", "otlpHttpPort"] as const;

  it("are free while the stack is down", async () => {
    expect((await look(DOWN)).map(({ state, saw }) => [state, saw])).toEqual(
      ALL.map((key) => ["ok", `${key}: free`]),
    );
  });

  it("are the stack's own while it is up", async () => {
    const found = await whileTaken([...ALL], UP());
    expect(found.map(({ state, saw }) => [state, saw])).toEqual(
      ALL.map((key) => ["ok", `${key}: the stack's own`]),
    );
  });

  it.each([
    ["down", () => DOWN],
    ["gone", () => ({ ...UP(), cluster: is("gone" as const) })],
    ["half-made", () => ({ ...UP(), cluster: is("half-made" as const) })],
  ])(
    "are wrong where another has one while the cluster is %s, with the way to another port",
    async (_, facts) => {
      const found = await whileTaken(["otlpGrpcPort"], facts());
      const port = hostPorts.otlpGrpcPort;
      expect(states(found)).toContain(`port ${port} wrong`);
      const other = port < 64536 ? port + 1000 : port - 1000;
      expect(found[1]).toMatchObject({
        saw: expect.stringMatching(/^otlpGrpcPort: taken by /) as string,
        mend: expect.stringMatching(new RegExp(`pulumi config set otlpGrpcPort ${other}\`$`)) as string,
      });
    },
  );

  it.each([
    ["stopped", () => ({ ...UP(), cluster: is("stopped" as const) })],
    ["unknown", () => ({ ...UP(), cluster: fails(new Fault("no Docker")) })],
  ])(
    "are wrong where another has one while the cluster is %s, whose data another port would cost",
    async (_, facts) => {
      const found = await whileTaken(["otlpGrpcPort"], facts());
      expect(found.map(({ state }) => state)).toEqual(["ok", "wrong", "ok"]);
      expect(found[1]!.mend).toBe(
        "stop that program; with another port the next `npm run up` would make the cluster anew, data included",
      );
    },
  );

  it.each([
    ["paused", () => ({ ...UP(), cluster: is("stopped" as const) })],
    ["half-made", () => ({ ...UP(), cluster: is("half-made" as const) })],
    ["unknown to the state", () => ({ ...DOWN, cluster: is("lost" as const) })],
  ])("that our own node has while it is %s are told by the check of the cluster alone", async (_, facts) => {
    own.install("docker", "watchtower-control-plane");
    expect(states(await whileTaken(["grafanaPort", "otlpGrpcPort"], facts()))).toEqual([
      `port ${hostPorts.otlpHttpPort} ok`,
    ]);
  });

  it("are told with the container or the program that has one, where it can be known", async () => {
    const saw = async () => (await whileTaken(["grafanaPort"], DOWN))[0]!.saw;
    expect(await saw()).toBe("grafanaPort: taken by another program");
    own.install("lsof", "p4711\ncgrafana");
    expect(await saw()).toBe("grafanaPort: taken by grafana (process 4711)");
    own.install("docker", "some-container");
    expect(await saw()).toBe("grafanaPort: taken by the container some-container");
  });

  it("are wrong where nothing answers although the cluster has it", async () => {
    const found = await whileTaken(["grafanaPort", "otlpGrpcPort"], UP());
    expect(found[2]).toMatchObject({
      state: "wrong",
      saw: "otlpHttpPort: nothing answers, though the cluster has it",
      mend: "`npm run pause && npm run resume` makes Docker open it again",
    });
  });

  it.each(["running", "stopped"] as const)(
    "of settings that a cluster that is %s does not have yet are told with what a change costs",
    async (state) => {
      const has = is({
        ...KEPT,
        cluster: {
          CLUSTER: "watchtower",
          HOST_PORTS: "grafanaPort=3000 otlpGrpcPort=4317 otlpHttpPort=4318",
        },
      });
      const facts = { kept: has, cluster: is(state) };
      const costs =
        "while the cluster has 3000; the next `npm run up` makes the cluster anew for it, data included";
      const mend = expect.stringMatching(/pulumi config set grafanaPort 3000`$/) as string;
      const [free] = await look(facts);
      expect(free).toMatchObject({ state: "warn", saw: `grafanaPort: free, ${costs}`, mend });
      const [taken] = await whileTaken(["grafanaPort"], facts);
      expect(taken).toMatchObject({
        state: "wrong",
        saw: `grafanaPort: taken by another program, ${costs}`,
        mend,
      });
    },
  );

  it("are nobody's concern in somebody else's cluster, and unknown where the settings are wrong", async () => {
    const theirs = is(settings({ cluster: { kind: "existing", kubeContext: "theirs" } }));
    expect(await look({ settings: theirs })).toEqual([]);
    expect(await look({ settings: fails(new Error("wrong")) })).toMatchObject([
      { name: "ports", state: "warn" },
    ]);
  });
});
