import type { OutputMap } from "@pulumi/pulumi/automation";
import type { SumoDestination } from "../../settings";
import type { Component } from "../../versions";
import { asTyped } from "../lib/home";
import { adding } from "../lib/parts";

/** What a person wants to know once the stack is up. */
export function report(outputs: OutputMap, changes: Record<string, number>, seconds: string): string {
  const text = (key: string) => outputs[key]?.value as string | undefined;
  const forward = (outputs.portForward?.value as string[] | undefined) ?? [];
  const lines: [string, string | undefined][] = [
    ["Grafana", text("grafanaUrl") && `${text("grafanaUrl")}  (user ${text("grafanaUser")})`],
    ["password", text("grafanaUrl") && asTyped("pulumi stack output grafanaPassword --show-secrets")],
    [
      "OTLP",
      text("otlpGrpcEndpoint") && `${text("otlpGrpcEndpoint")} (gRPC), ${text("otlpHttpEndpoint")} (HTTP)`,
    ],
    ["second path", secondPath(outputs)],
    ["first run", forward.length > 0 ? forward.join("\n               ") : undefined],
    ["next", text("otlpGrpcEndpoint") && "npm run verify · npm run loadgen · npm run down"],
  ];
  return [
    `Watchtower is up after ${seconds} s: ${summary(changes)}.`,
    "",
    ...lines.filter(([, value]) => value).map(([name, value]) => `  ${name.padEnd(12)} ${value}`),
  ].join("\n");
}

/** The same for a program; nothing in it is secret. */
export function reportJson(
  stack: string,
  outputs: OutputMap,
  changes: Record<string, number>,
  seconds: number,
): object {
  const open = Object.entries(outputs).filter(([, { secret }]) => !secret);
  const values = Object.fromEntries(open.map(([name, { value }]) => [name, value as unknown]));
  return { ok: true, stack, seconds, changes, outputs: values };
}

/** Without Alloy there is none, whatever `sumoEnabled` says. */
function secondPath({ components, sumoDestination }: OutputMap): string | undefined {
  const parts = (components?.value as Component[] | undefined) ?? [];
  if (parts.length > 0 && !parts.includes("alloy"))
    return `none, as this stack runs without alloy; with it: ${adding("alloy", parts)}`;
  switch (sumoDestination?.value as SumoDestination | undefined) {
    case "sumo":
      return "Sumo Logic";
    case "stand-in": {
      const set = asTyped("pulumi config set --secret sumoEndpoint https://…");
      return `a stand-in that counts; Sumo Logic: ${set}, then npm run up`;
    }
    case "off":
      return "off; on: npm run sumo -- on";
    default:
      return undefined;
  }
}

/** Whether Pulumi has made, changed or removed anything. */
export function hasChanged(changes: Record<string, number>): boolean {
  return counted(changes).length > 0;
}

function summary(changes: Record<string, number>): string {
  const said = counted(changes).map(({ word, count }) => `${count} ${word}`);
  return said.join(", ") || "nothing had to change";
}

function counted(changes: Record<string, number>): { word: string; count: number }[] {
  return Object.entries(WORDS)
    .map(([word, ops]) => ({ word, count: ops.reduce((sum, op) => sum + (changes[op] ?? 0), 0) }))
    .filter(({ count }) => count > 0);
}

const WORDS: Record<string, string[]> = {
  created: ["create"],
  changed: ["update"],
  replaced: ["replace"],
  removed: ["delete"],
};
