import * as pulumi from "@pulumi/pulumi";
import { readSettings, type Settings } from "../../settings";
import { PROJECT } from "./home";
import { readStackConfig } from "./stack-config";

// Exported by the SDK, but left out of its type declarations.
const runtime = pulumi.runtime as unknown as { _setProject(name: string): void };

/**
 * The settings of a stack as its files have them, without Pulumi's engine; made-up values stand for its secrets.
 * @throws pulumi.RunError that lists every fault, as the program does
 */
export function settingsOf(stack: string): Settings {
  const { config, secretKeys } = readStackConfig(PROJECT, stack, { plain: {}, secret: {} });
  const key = (name: string) => `watchtower:${name}`;
  runtime._setProject("watchtower");
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(config).map(([name, value]) => [key(name), value])),
    secretKeys.map(key),
  );
  return readSettings();
}

/** The context of the user's kubeconfig that leads to the stack; kind writes its own into it. */
export function contextOf({ cluster }: Settings): { kubeContext: string } {
  return { kubeContext: cluster.kind === "existing" ? cluster.kubeContext : "kind-watchtower" };
}
