import type { Component } from "../versions";

/** One rule of a Role or ClusterRole. */
type Rule = { apiGroups: string[]; resources: string[]; verbs: string[] };

/** What Alloy may ask of the cluster's API; nothing of it writes. */
export interface AlloyRights {
  /** In the stack's namespace. */
  namespaced: Rule[];
  /** In the whole cluster. */
  clusterWide: Rule[];
}

/** What Alloy needs to read the stack's own metrics and logs: none where nobody would keep them. */
export function alloyRights(components: ReadonlySet<Component>): AlloyRights {
  const [metrics, logs] = [components.has("mimir"), components.has("loki")];
  return {
    namespaced: [
      ...(metrics || logs ? [read(["pods"], "get", "list", "watch")] : []),
      ...(logs ? [read(["pods/log"], "get"), read(["events"], "get", "list", "watch")] : []),
    ],
    // A kubelet's metrics page. It tells of other namespaces' pods, too, and Kubernetes has no narrower right;
    // nodes/proxy, the usual one, would let its holder run commands in them.
    clusterWide: metrics ? [read(["nodes/metrics"], "get")] : [],
  };
}

function read(resources: string[], ...verbs: string[]): Rule {
  return { apiGroups: [""], resources, verbs };
}
