import { lookAtAll } from "../../scripts/doctor/check";
import { CLUSTER as CHECKS_OF_CLUSTER } from "../../scripts/doctor/cluster";
import type { Facts } from "../../scripts/doctor/facts";
import { Fault } from "../../scripts/lib/fault";
import type { ClusterState } from "../../scripts/lib/kind";
import { CLUSTER, factsWith, is, KEPT, look, NOTHING_KEPT, revision, settings } from "../helpers/fake-facts";

const existing = is(settings({ cluster: { kind: "existing", kubeContext: "theirs" } }));

describe("the cluster", () => {
  it.each<[ClusterState, string, string]>([
    ["gone", "the state names a cluster that is gone", "`npm run up` makes it anew"],
    ["half-made", "it was left half-made", "`npm run up` makes it anew"],
    ["stopped", "watchtower-control-plane is stopped", "`npm run resume` starts it, with all its data"],
    [
      "foreign",
      "the cluster named watchtower is another stack's by now",
      "if nobody needs what is in it, `kind delete cluster --name watchtower`, then `npm run up`",
    ],
  ])("that is %s is wrong", async (state, saw, mend) => {
    expect(await look("cluster", { cluster: is(state) })).toMatchObject({ state: "wrong", saw, mend });
  });

  it("that is stopped is started by the fix", async () => {
    const facts = factsWith({ cluster: is<ClusterState>("stopped") });
    const found = await lookAtAll(CHECKS_OF_CLUSTER, facts);
    await found.find(({ name }) => name === "cluster")!.fix!.act(() => undefined);
    expect(facts.mended).toEqual([["startNode", CLUSTER]]);
  });

  it.each<ClusterState>(["gone", "half-made", "foreign"])("that is %s no fix touches", async (state) => {
    expect((await look("cluster", { cluster: is(state) })).fix).toBeUndefined();
  });

  it("whose making was killed is wrong, and made again by `up`", async () => {
    const kept = is({ ...KEPT, clusterUrn: undefined });
    for (const state of ["gone", "half-made", "running"] as const)
      expect(await look("cluster", { kept, cluster: is(state) })).toMatchObject({
        state: "wrong",
        mend: expect.stringMatching(/^`npm run up`/) as string,
      });
  });

  it("that no state knows is told, as when the state was lost", async () => {
    expect(
      await look("cluster", { kept: is(NOTHING_KEPT), cluster: is<ClusterState>("foreign") }),
    ).toMatchObject({
      state: "wrong",
      saw: expect.stringMatching(/that this stack's state does not know/) as string,
      mend: expect.stringMatching(/`kind delete cluster --name watchtower`, then `npm run up`/) as string,
    });
  });

  it("of this stack that its state has lost is told, with what takes it away", async () => {
    const facts = { kept: is(NOTHING_KEPT), cluster: is<ClusterState>("lost") };
    expect(await look("cluster", facts)).toMatchObject({
      state: "wrong",
      saw: expect.stringMatching(/whose state is lost/) as string,
      mend: "`npm run down` removes it with its data, then `npm run up`",
    });
  });

  it("of somebody else is asked for its version, and nothing of it is ours to mend", async () => {
    const kept = is({ ...KEPT, cluster: undefined, clusterUrn: undefined });
    const where = is({ namespace: "watchtower", cluster: { kubeContext: "theirs" } });
    const facts = { settings: existing, kept, where, cluster: () => Promise.reject(new Error("not ours")) };
    expect(await look("cluster", facts)).toMatchObject({ state: "ok", saw: "theirs, Kubernetes v1.34.4" });
    const api = () => Promise.reject(new Error("no answer within 3 s"));
    expect(await look("cluster", { ...facts, api })).toMatchObject({
      state: "wrong",
      saw: "theirs does not answer (no answer within 3 s)",
    });
  });
});

describe("the user's kubeconfig", () => {
  it("without the context is wrong, and the fix has kind write it", async () => {
    const facts = factsWith({ api: () => Promise.reject(new Fault("Your kubeconfig has no context")) });
    const found = (await lookAtAll(CHECKS_OF_CLUSTER, facts)).find(({ name }) => name === "kubeconfig")!;
    expect(found).toMatchObject({
      state: "wrong",
      saw: "it has no context kind-watchtower",
      mend: "`kind export kubeconfig --name watchtower`",
    });
    await found.fix!.act(() => undefined);
    expect(facts.mended).toEqual([["writeContext", "watchtower"]]);
  });

  it("with a context that leads nowhere is wrong", async () => {
    const found = await look("kubeconfig", { api: () => Promise.reject(new Error("ECONNREFUSED")) });
    expect(found).toMatchObject({
      state: "wrong",
      saw: "kind-watchtower does not answer (ECONNREFUSED), though its node runs",
    });
    expect(found.fix).toBeUndefined();
  });
});

describe("the releases", () => {
  const releases = (revisions: ReturnType<typeof revision>[], changes: Partial<Facts> = {}) =>
    look("releases", { revisions: is(revisions), ...changes });
  const ALL = [...KEPT.releases].map((release) => revision(release));

  it.each([
    [
      "a change that was cut off",
      [...ALL, revision("loki", "pending-upgrade", 2)],
      KEPT,
      "loki (pending-upgrade)",
    ],
    [
      "an installation that was cut off",
      [revision("tempo", "pending-install")],
      { ...KEPT, releases: new Set<string>() },
      "tempo (pending-install)",
    ],
    [
      "an installation that Pulumi did not see the end of",
      [revision("tempo")],
      { ...KEPT, releases: new Set<string>() },
      "tempo (deployed)",
    ],
  ])("with %s are wrong, and the fix removes Helm's record of it", async (_, revisions, kept, named) => {
    const facts = factsWith({ revisions: is(revisions), kept: is(kept) });
    const found = (await lookAtAll(CHECKS_OF_CLUSTER, facts)).find(({ name }) => name === "releases")!;
    expect(found).toMatchObject({
      state: "wrong",
      saw: `Helm was cut off in the middle of ${named}`,
      mend: "`npm run doctor -- --fix`, then `npm run up`",
    });
    await found.fix!.act(() => undefined);
    expect(facts.mended).toEqual([["forgetHalfMade", kept.releases, await facts.where()]]);
  });

  it("are left alone while a run is at work on them", async () => {
    const lock = is({ living: [7], dead: [], elsewhere: [] });
    const found = await releases([revision("loki", "pending-upgrade")], { lock });
    expect(found).toMatchObject({ state: "warn", saw: "not looked at, since a run is at work on them" });
    expect(found.fix).toBeUndefined();
  });

  it("are left to a person where nobody can see whether a run is at work", async () => {
    const found = await releases([revision("loki", "pending-upgrade", 2)], { lock: is(undefined) });
    expect(found).toMatchObject({
      state: "wrong",
      mend: "if no run is under way, `kubectl --context kind-watchtower -n watchtower delete secret sh.helm.release.v1.loki.v2`, then `npm run up`",
    });
    expect(found.fix).toBeUndefined();
  });

  it("of which one failed are wrong, until a later revision did not", async () => {
    const failed = [...ALL, revision("mimir", "failed", 2)];
    expect(await releases(failed)).toMatchObject({
      state: "wrong",
      saw: "mimir failed",
      mend: "see `kubectl --context kind-watchtower -n watchtower get pods` for why, then `npm run up`",
    });
    expect(await releases([...failed, revision("mimir", "deployed", 3)])).toMatchObject({ state: "ok" });
  });

  const ANEW = (release: string) =>
    `\`kubectl --context kind-watchtower -n watchtower delete secret -l "owner=helm,name in (${release})"\`, ` +
    "then `pulumi refresh --yes`, then `npm run up`";

  it.each(["uninstalling", "uninstalled", "superseded", "unknown"])(
    "of which one is %s are wrong, since `up` does not look at that",
    async (status) => {
      const others = ALL.filter(({ release }) => release !== "loki");
      expect(await releases([...others, revision("loki", status)])).toMatchObject({
        state: "wrong",
        saw: `not deployed: loki (${status})`,
        mend: ANEW("loki"),
      });
      expect(
        await releases([...others, revision("loki", status), revision("loki", "deployed", 2)]),
      ).toMatchObject({
        state: "ok",
      });
    },
  );

  it("are wrong without the stand-in, where the second write goes to it", async () => {
    const others = ALL.filter(({ release }) => release !== "sumo-stand-in");
    expect(await releases(others)).toMatchObject({ state: "wrong", saw: "not installed: sumo-stand-in" });
    const sumo = { destination: "sumo", headers: {} } as const;
    expect(await releases(others, { settings: is(settings({ sumo })) })).toMatchObject({ state: "ok" });
  });

  it.each([
    ["is missing", new Set(["loki", "sumo-stand-in"]), /^`npm run up`$/],
    [
      "was uninstalled by hand, which `up` does not notice",
      KEPT.releases,
      /pulumi refresh --yes`, then `npm run up`$/,
    ],
  ])("of which one %s are wrong", async (_, known, mend) => {
    const revisions = ALL.filter(({ release }) => release !== "grafana" && known.has(release));
    const components = new Set(["loki", "grafana"] as const);
    const changes = { kept: is({ ...KEPT, releases: known }), settings: is(settings({ components })) };
    expect(await releases(revisions, changes)).toMatchObject({
      state: "wrong",
      saw: "not installed: grafana",
      mend: expect.stringMatching(mend) as string,
    });
  });

  it("of somebody else in the namespace are not ours to judge", async () => {
    for (const status of ["pending-install", "failed", "uninstalling"])
      expect(await releases([...ALL, revision("theirs", status)])).toMatchObject({ state: "ok" });
  });

  it("that cannot be read are not ok", async () => {
    expect(
      await look("releases", { revisions: () => Promise.reject(new Error("no answer within 3 s")) }),
    ).toMatchObject({
      state: "warn",
      saw: "not looked at: no answer within 3 s",
    });
  });

  it.each<ClusterState>(["stopped", "gone"])("are not asked of a cluster that is %s", async (state) => {
    expect(await look("releases", { cluster: is(state) })).toBeUndefined();
  });
});
