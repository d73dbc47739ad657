import { keptIn } from "../../scripts/lib/engine";

const STACK = { urn: "urn:stack", type: "pulumi:pulumi:Stack" };
const SECRET = { urn: "urn:secret", type: "kubernetes:core/v1:Secret" };
const cluster = (CLUSTER: string) => ({
  urn: `urn:${CLUSTER}`,
  type: "command:local:Command",
  inputs: { environment: { CLUSTER } },
});

describe("what is kept of a stack", () => {
  it("is nothing before its first run, and after it was taken down", () => {
    const nothing = {
      resources: 0,
      cluster: undefined,
      clusterUrn: undefined,
      releases: new Set(),
      interrupted: false,
    };
    expect(keptIn({})).toEqual(nothing);
    expect(keptIn({ resources: [STACK] })).toEqual(nothing);
  });

  it("is the cluster it made, with its URN, and the releases in it", () => {
    const loki = { urn: "urn:loki", type: "kubernetes:helm.sh/v3:Release", inputs: { name: "loki" } };
    expect(keptIn({ resources: [STACK, cluster("a"), SECRET, loki] })).toEqual({
      resources: 3,
      cluster: { CLUSTER: "a" },
      clusterUrn: "urn:a",
      releases: new Set(["loki"]),
      interrupted: false,
    });
  });

  it("is the cluster it made, though a killed run was at work on it again", () => {
    const pending_operations = [{ type: "updating", resource: cluster("b") }];
    expect(keptIn({ resources: [STACK, cluster("a")], pending_operations })).toMatchObject({
      cluster: { CLUSTER: "a" },
      clusterUrn: "urn:a",
      interrupted: true,
    });
  });

  it("has no cluster where a killed run was making something else", () => {
    const pending_operations = [{ type: "creating", resource: SECRET }];
    expect(keptIn({ resources: [STACK], pending_operations })).toMatchObject({
      cluster: undefined,
      clusterUrn: undefined,
      interrupted: true,
    });
  });

  it.each([
    ["failed", true],
    ["in-progress", true],
    ["succeeded", false],
    [undefined, false],
  ] as const)("was interrupted where its last run is told to have %s: %s", (result, interrupted) => {
    expect(keptIn({ resources: [STACK, SECRET] }, result)).toMatchObject({ interrupted });
  });
});
