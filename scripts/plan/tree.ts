import type { Recorded, Recording } from "../lib/record";
import { nameOf } from "../lib/recorded";

/** A resource with what belongs to it. */
export interface TreeNode {
  /** As Pulumi or Kubernetes calls it. */
  kind: string;
  name: string;
  children: TreeNode[];
}

/** Everything the program makes: its components in its own order, in each of them the same kinds together. */
export function tree({ resources }: Recording): TreeNode[] {
  const below = (parent: string): TreeNode[] =>
    resources
      .filter((r) => r.parent === parent)
      .map((r) => ({ kind: kindOf(r), name: nameOf(r), children: below(r.urn) }));
  return below("").map(sorted);
}

/** In a fixed order: that of the requests depends on what waits for what. */
function sorted(node: TreeNode): TreeNode {
  const key = ({ kind, name }: TreeNode) => `${kind} ${name}`;
  const children = node.children.map(sorted).sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return { ...node, children };
}

/** One line a resource. */
export function treeLines(nodes: TreeNode[]): string[] {
  return nodes.flatMap(({ kind, name, children }) => [`${kind} ${name}`, ...branches(children)]);
}

function branches(nodes: TreeNode[]): string[] {
  return nodes.flatMap((node, i) => {
    const isLast = i === nodes.length - 1;
    const [first, ...rest] = treeLines([node]);
    return [`${isLast ? "└─ " : "├─ "}${first}`, ...rest.map((line) => `${isLast ? "   " : "│  "}${line}`)];
  });
}

function kindOf({ type }: Recorded): string {
  const [kind = type] = type.split(":").slice(-1);
  return type.startsWith("pulumi:providers:") ? `Provider (${kind})` : kind;
}
