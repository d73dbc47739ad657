import { alloyConfig } from "../../alloy/compose";
import { ofType, record, type Recording } from "../../scripts/lib/record";
import { alloyRights } from "../../values/alloy-rights";
import { ADDRESS, NAMESPACE } from "../../values/shared";
import { type Component, COMPONENTS } from "../../versions";
import { argument, blocks, usedBy } from "../helpers/alloy-text";

function config(components: readonly Component[], secondPath: boolean): string {
  return alloyConfig({ components: new Set(components), secondPath });
}

const dual = blocks(config(COMPONENTS, true));
const own = Object.keys(dual).filter((name) => /\.own(_\w+)?$/.test(name));
const without = (gone: Component) =>
  config(
    COMPONENTS.filter((name) => name !== gone),
    true,
  );

/** A component and all that it hands on to, however far. */
function reached(from: string): string[] {
  const next = usedBy(dual[from] ?? "").filter((name) => !name.startsWith("discovery."));
  return [from, ...next.flatMap(reached)];
}

describe("the stack's own telemetry", () => {
  const sources = own.filter((name) => /^(prometheus\.scrape|loki\.source)/.test(name));

  it("is scraped and read", () => {
    expect(sources.map((name) => name.replace(/\.\w+$/, "")).sort()).toEqual([
      "loki.source.kubernetes",
      "loki.source.kubernetes_events",
      "prometheus.scrape",
      "prometheus.scrape",
    ]);
  });

  it.each(sources)(
    "of %s ends in Mimir or Loki, never on the users' paths, let alone the second",
    (source) => {
      const end = reached(source).at(-1)!;
      expect(reached(source).filter((name) => !own.includes(name))).toEqual([]);
      const address = end.startsWith("prometheus.") ? ADDRESS.mimirRemoteWrite : ADDRESS.lokiPush;
      expect(argument(dual[end]!, "url")).toBe(address);
    },
  );

  it("is nothing that users' telemetry meets", () => {
    const users = Object.keys(dual).filter((name) => !own.includes(name));
    expect(users.flatMap((name) => usedBy(dual[name]!)).filter((name) => own.includes(name))).toEqual([]);
  });

  it("is the same whether there is a second path or not", () => {
    const off = blocks(config(COMPONENTS, false));
    for (const name of own) expect(off[name]).toBe(dual[name]);
  });

  it("without Mimir is logs alone, and without Loki metrics alone", () => {
    expect(without("mimir")).not.toMatch(/^prometheus\.|mimir/m);
    expect(without("loki")).not.toMatch(/^loki\.|loki\.watchtower/m);
    expect(config(["alloy", "tempo"], true)).not.toMatch(/\.own|discovery\./);
  });

  it("is asked of our namespace alone", () => {
    for (const name of ["discovery.kubernetes.own", "loki.source.kubernetes_events.own"])
      expect(dual[name]).toMatch(new RegExp(`names(paces)? += \\["${NAMESPACE}"\\]`));
  });

  it("waits on disk for Mimir no longer than an hour, so that it leaves the claim to the queues", () => {
    expect(argument(dual["prometheus.remote_write.own"]!, "max_keepalive_time")).toBe("1h");
  });
});

describe("Alloy's rights", () => {
  const beyond = ({ resources }: Recording) => resources.filter(({ type }) => type.includes(":ClusterRole"));

  it("beyond the namespace are the kubelets' metrics, and nothing else", async () => {
    const [role] = ofType(await record(), "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole");
    expect(role!.inputs.rules).toEqual([{ apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] }]);
  });

  it("are bound to its account and to no other", async () => {
    const [binding] = ofType(await record(), "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding");
    expect(binding!.inputs).toMatchObject({
      roleRef: { kind: "ClusterRole", name: "watchtower-alloy" },
      subjects: [{ kind: "ServiceAccount", name: "alloy", namespace: NAMESPACE }],
    });
  });

  it.each(["tempo+loki+grafana+alloy", "tempo+mimir+loki+grafana"])(
    "end at the namespace with %s, where nobody reads a kubelet for Mimir",
    async (components) => {
      expect(beyond(await record({ components: JSON.stringify(components.split("+")) }))).toEqual([]);
    },
  );

  it("write nothing, and reach no Secret, ConfigMap or command in a pod", () => {
    const { namespaced, clusterWide } = alloyRights(new Set(COMPONENTS));
    const rules = [...namespaced, ...clusterWide];
    expect(new Set(rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(["get", "list", "watch"]));
    const resources = rules.flatMap((rule) => rule.resources);
    expect(resources.sort()).toEqual(["events", "nodes/metrics", "pods", "pods/log"]);
  });
});
