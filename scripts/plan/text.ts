import type { SumoDestination } from "../../settings";
import type { Plan } from "./plan";
import { amountText, type Size } from "./sizes";
import { treeLines } from "./tree";

const SECOND_WRITE: Record<SumoDestination, string> = {
  sumo: "To Sumo Logic, at the address in the secret sumoEndpoint.",
  "stand-in": "To a built-in stand-in, which counts and keeps nothing.",
  off: "Off.",
};

const NO_ALLOY = "None: this stack runs without Alloy.";

/** The plan for people to read. */
export function planText(plan: Plan): string {
  const sections = [
    [`What \`pulumi up\` would make of the stack ${plan.stack}`, plan.notes],
    ["Resources", treeLines(plan.resources)],
    ["Charts", table(["release", "chart", "version", "source"], plan.releases.map(chartRow))],
    ["Addresses on this machine", addressLines(plan)],
    ["Requests and limits of the containers", table(SIZE_HEAD, sizeRows(plan))],
    ["Second write", [plan.alloyConfig === undefined ? NO_ALLOY : SECOND_WRITE[plan.sumoDestination]]],
    ["Alloy's configuration", [plan.alloyConfig?.trimEnd() ?? NO_ALLOY]],
  ] as const;
  return sections.map(([title, lines]) => [title, ...lines].join("\n")).join("\n\n");
}

function chartRow({ name, chart, version, source }: Plan["releases"][number]): string[] {
  return [name, chart, version, source];
}

function addressLines({ hostPorts, portForward }: Plan): string[] {
  if (portForward) return portForward.length > 0 ? portForward : ["None."];
  return hostPorts.map(
    ({ address, port, leadsTo }) => `${address}:${port} -> ${leadsTo ?? "nothing in this stack"}`,
  );
}

const SIZE_HEAD = ["release", "containers", "cpu", "memory", "cpu limit", "memory limit"];

function sizeRows({ releases, total }: Plan): string[][] {
  const row = (name: string, { containers, requests, limits }: Size) => [
    name,
    String(containers),
    ...amountText(requests),
    ...amountText(limits),
  ];
  return [...releases.map((release) => row(release.name, release)), row("all", total)];
}

/** Columns as wide as their widest cell. */
function table(head: string[], rows: string[][]): string[] {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]!.length)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd(),
  );
}
