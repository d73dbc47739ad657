import type { SumoDestination } from "../../settings";
import { ALLOY } from "../../values/alloy";
import type { Recording } from "../lib/record";
import { configText, releases } from "../lib/recorded";
import { type ChartOrigin, chartOrigin } from "./charts";
import { type HostPort, hostPorts } from "./ports";
import { type Size, sizeOf, total } from "./sizes";
import { tree, type TreeNode } from "./tree";

/** What a run of the program would make; nothing in it is secret. */
export interface Plan {
  stack: string;
  /** What the reader must know. */
  notes: string[];
  resources: TreeNode[];
  releases: ({ name: string } & ChartOrigin & Size)[];
  /** The sum of all releases. */
  total: Size;
  hostPorts: HostPort[];
  /** On an existing cluster: the commands in place of host ports. */
  portForward?: string[];
  sumoDestination: SumoDestination;
  /** Alloy's whole configuration; undefined: this stack runs without it. */
  alloyConfig?: string;
}

export function planOf(stack: string, recording: Recording, notes: string[]): Plan {
  const resources = tree(recording);
  const byName = releases(recording);
  const installed = namesOf(resources, "Release").map((name) => ({
    name,
    ...chartOrigin(byName[name]!),
    ...sizeOf(byName[name]!.values),
  }));
  return {
    stack,
    notes: [...notes, ...recording.warnings],
    resources,
    releases: installed,
    total: total(installed),
    hostPorts: hostPorts(recording),
    portForward: recording.outputs.portForward as string[] | undefined,
    sumoDestination: recording.outputs.sumoDestination as SumoDestination,
    alloyConfig: configText(recording, ALLOY.configMap, ALLOY.configKey),
  };
}

function namesOf(nodes: TreeNode[], kind: string): string[] {
  return nodes.flatMap((node) => [
    ...(node.kind === kind ? [node.name] : []),
    ...namesOf(node.children, kind),
  ]);
}
