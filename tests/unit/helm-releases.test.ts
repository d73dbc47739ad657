import { isHalfMade, secretsToForget } from "../../scripts/up/releases";

describe("a Helm revision", () => {
  it.each([
    ["of a release that Pulumi's state has", "loki", "deployed", false],
    ["that was replaced by a later one", "loki", "superseded", false],
    ["of a change that was cut off", "loki", "pending-upgrade", true],
    ["of an installation that was cut off", "tempo", "pending-install", true],
    ["of an installation that Pulumi did not see the end of", "tempo", "deployed", true],
    ["that somebody else is in the middle of in our namespace", "theirs", "pending-install", false],
  ])("%s", (_, release, status, halfMade) => {
    expect(isHalfMade({ release, status }, new Set(["loki"]))).toBe(halfMade);
  });
});

describe("what is forgotten of Helm after a run that did not come to its end", () => {
  const forgotten = (...revisions: [release: string, revision: number, status: string][]) =>
    secretsToForget(
      revisions.map(([release, revision, status]) => ({
        secret: `${release}.${revision}`,
        ...{ release, revision, status },
      })),
      new Set(["loki"]),
    );

  it.each(["failed", "pending-upgrade", "pending-rollback", "uninstalling"])(
    "is a release that is %s, with all before: what is in the cluster is neither the one nor the other",
    (status) => {
      expect(forgotten(["loki", 10, status], ["loki", 9, "deployed"], ["theirs", 1, status])).toEqual([
        "loki.10",
        "loki.9",
      ]);
    },
  );

  it("is a release that Pulumi does not know", () => {
    expect(forgotten(["tempo", 1, "deployed"])).toEqual(["tempo.1"]);
  });

  it("is none that came to its end, whatever failed before", () => {
    expect(forgotten(["loki", 9, "failed"], ["loki", 8, "superseded"], ["loki", 10, "deployed"])).toEqual([]);
  });
});
