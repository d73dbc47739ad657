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
    ["stopped", () => ({ ...UP(), cluster: is("stopped" as const) })],
    ["unknown", () => ({ ...UP(), cluster: fails(new Fault("no Docker")) })],
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

  it("of settings that the cluster does not have yet are told with what a change costs", async () => {
    const has = is({
      ...KEPT,
      cluster: { CLUSTER: "watchtower", HOST_PORTS: "grafanaPort=3000 otlpGrpcPort=4317 otlpHttpPort=4318" },
    });
    const [found] = await look({ kept: has });
    expect(found).toMatchObject({
      state: "warn",
      saw: "grafanaPort: free, while the cluster has 3000; the next `npm run up` makes the cluster anew for it, data included",
      mend: expect.stringMatching(/pulumi config set grafanaPort 3000`$/) as string,
    });
  });

  it("are nobody's concern in somebody else's cluster, and unknown where the settings are wrong", async () => {
    const theirs = is(settings({ cluster: { kind: "existing", kubeContext: "theirs" } }));
    expect(await look({ settings: theirs })).toEqual([]);
    expect(await look({ settings: fails(new Error("wrong")) })).toMatchObject([
      { name: "ports", state: "warn" },
    ]);
  });
});
