import * as pulumi from "@pulumi/pulumi";
import { readSettings, type Settings } from "../../settings";
import { PROJECT } from "./home";
import { kindContext } from "./kind";
import { askPulumi, pulumiCli } from "./stack";
import { readStackConfig, useConfig } from "./stack-config";
import { PROJECT_NAME } from "./stack-name";

// Exported by the SDK, but left out of its type declarations.
const runtime = pulumi.runtime as unknown as { _setProject(name: string): void };

const PREFIX = `${PROJECT_NAME}:`;

/**
 * The settings of a stack as its files have them, without Pulumi's engine; made-up values stand for its secrets.
 * @throws pulumi.RunError that lists every fault, as the program does
 */
export function settingsOf(stack: string): Settings {
  const { config, secretKeys } = readStackConfig(PROJECT, stack, { plain: {}, secret: {} });
  return settingsFrom(config, secretKeys);
}

/**
 * The settings of a stack with its secrets, as the CLI deciphers them: the one selected, that of PULUMI_STACK, or the
 * one named.
 * @throws Fault when the CLI does not tell, pulumi.RunError that lists every fault, as the program does
 */
export async function settingsWithSecrets(name?: string, run = pulumiCli): Promise<Settings> {
  type Config = Record<string, { value?: string; secret: boolean }>;
  const told = Object.entries(await askPulumi<Config>(["config"], name, run))
    .filter(([key]) => key.startsWith(PREFIX))
    .map(([key, { value = "", secret }]) => ({ name: key.slice(PREFIX.length), value, secret }));
  return settingsFrom(
    Object.fromEntries(told.map(({ name, value }) => [name, value])),
    told.filter(({ secret }) => secret).map(({ name }) => name),
  );
}

function settingsFrom(config: Record<string, string>, secretKeys: string[]): Settings {
  runtime._setProject(PROJECT_NAME);
  useConfig(config, secretKeys);
  return readSettings();
}

/** The context of the user's kubeconfig that leads to the stack; kind writes its own into it. */
export function contextOf({ cluster }: Settings): { kubeContext: string } {
  return { kubeContext: cluster.kind === "existing" ? cluster.kubeContext : kindContext() };
}
