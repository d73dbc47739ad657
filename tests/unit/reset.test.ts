import { PassThrough } from "node:stream";
import { keepersIn } from "../../scripts/lib/engine";
import type { Stack } from "../../scripts/lib/stack";
import { type Claim, type Claims, removeAll } from "../../scripts/reset/claims";
import { run } from "../../scripts/reset/run";
import { Memory } from "../helpers/memory";

const CLAIMS: Claim[] = [
  { name: "storage-loki-0", size: "10Gi" },
  { name: "alloy-data", size: "3Gi" },
];

/** Claims that go when nobody uses them any more. */
class FakeClaims {
  readonly removed: string[] = [];
  /** Pods that use them, from look to look. */
  constructor(private readonly uses: string[][] = [[]]) {}

  get claims(): Claims {
    return {
      list: () => Promise.resolve(this.isUsed || this.removed.length === 0 ? CLAIMS : []),
      users: () => Promise.resolve(this.isUsed ? this.uses.shift()! : this.uses[0]!),
      remove: ({ name }) => Promise.resolve(this.removed.push(name)),
    };
  }

  private get isUsed(): boolean {
    return this.uses.length > 1;
  }
}

async function reset(argv: string[], answer?: string) {
  const [out, err, input] = [new Memory(), new Memory(), new PassThrough()];
  const emptied: (string | undefined)[] = [];
  if (answer !== undefined) input.end(answer);
  const code = await run(argv, {
    out,
    err,
    input: Object.assign(input, { isTTY: answer !== undefined }),
    runningStack: () => Promise.resolve({ namespace: "watchtower" } as Stack),
    claimsOf: () => Promise.resolve(new FakeClaims().claims),
    empty: (stack) => {
      emptied.push(stack);
      return Promise.resolve(0 as const);
    },
  });
  return { code, out: out.text, err: err.text, emptied };
}

describe("npm run reset", () => {
  it("says what it deletes and what it keeps, and does it with --yes", async () => {
    const { code, out, emptied } = await reset(["--yes", "--stack", "mine"]);
    expect(out).toMatch(
      /deletes every trace, metric and log .* storage-loki-0 \(10Gi\), alloy-data \(3Gi\)\./,
    );
    expect(out).toMatch(/keeps the settings, the cluster, and Grafana/);
    expect([code, emptied]).toEqual([0, ["mine"]]);
  });

  it.each(["y\n", "yes\n", "Y\n"])("asks first, and takes %j for a yes", async (answer) => {
    const { code, out, emptied } = await reset([], answer);
    expect(out).toContain("Delete it? [y/N] ");
    expect([code, emptied]).toEqual([0, [undefined]]);
  });

  it.each(["\n", "n\n", "yikes\n", ""])("takes %j for a no", async (answer) => {
    const { code, out, emptied } = await reset([], answer);
    expect(out).toMatch(/Nothing was deleted\.\n$/);
    expect([code, emptied]).toEqual([1, []]);
  });

  it("deletes nothing unasked where nobody can be asked", async () => {
    const { code, err, emptied } = await reset([]);
    expect(err).toBe("reset: Nobody can be asked here: `npm run reset -- --yes` does it unasked.\n");
    expect([code, emptied]).toEqual([1, []]);
  });
});

describe("removing the volumes", () => {
  const patience = { withinMs: 200, everyMs: 1 };
  const goOn = { tell: () => undefined, isToEnd: () => false };

  it("waits until the pods that used them are gone, and they with them", async () => {
    const told: string[] = [];
    const fake = new FakeClaims([["loki-0", "alloy-x"], ["loki-0"], []]);
    await removeAll(fake.claims, patience, { ...goOn, tell: (waiting) => told.push(waiting) });
    expect(fake.removed).toEqual(["storage-loki-0", "alloy-data"]);
    expect(told[0]).toBe("waiting for the end of loki-0, alloy-x, volume storage-loki-0, volume alloy-data");
    expect(told).toHaveLength(2);
  });

  it("names what is left when time is up", async () => {
    const { claims } = new FakeClaims();
    const stuck = { ...claims, list: () => Promise.resolve(CLAIMS) };
    await expect(removeAll(stuck, patience, goOn)).rejects.toThrow(
      /^Not all data was removed, since this does not end: volume storage-loki-0, volume alloy-data; run `npm run reset` again\.$/,
    );
  });

  it("ends when it is asked to", async () => {
    const stuck = { ...new FakeClaims().claims, list: () => Promise.resolve(CLAIMS) };
    await expect(
      removeAll(stuck, { ...patience, withinMs: 60_000 }, { ...goOn, isToEnd: () => true }),
    ).rejects.toThrow();
  });
});

describe("what keeps telemetry", () => {
  const release = (name: string) => ({
    urn: `urn-${name}`,
    type: "kubernetes:helm.sh/v3:Release",
    inputs: { name },
  });
  const other = (name: string, type: string) => ({ urn: `urn-${name}`, type: `kubernetes:core/v1:${type}` });

  it("are the releases that write it to volumes, and our own volume; not Grafana, nor what holds a setting", () => {
    const resources = [
      ...["tempo", "loki", "mimir", "grafana", "alloy", "sumo-stand-in"].map(release),
      other("alloy-data", "PersistentVolumeClaim"),
      other("sumo-credentials", "Secret"),
      other("alloy-config", "ConfigMap"),
    ];
    expect(keepersIn({ resources })).toEqual([
      "urn-tempo",
      "urn-loki",
      "urn-mimir",
      "urn-alloy",
      "urn-alloy-data",
    ]);
    expect(keepersIn({})).toEqual([]);
  });
});
