import * as pulumi from "@pulumi/pulumi";
import { readSettings, type Settings } from "../../settings";
import { Fault } from "./fault";
import { PROJECT } from "./home";
import { kindContext } from "./kind";
import { faultOf } from "./pulumi-fault";
import { pulumiCli } from "./stack";
import { readStackConfig, useConfig } from "./stack-config";

// Exported by the SDK, but left out of its type declarations.
const runtime = pulumi.runtime as unknown as { _setProject(name: string): void };

const PREFIX = "watchtower:";

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
  const flag = name === undefined ? [] : ["--stack", name];
  const { code, stdout, stderr } = await run(["config", "--json", "--show-secrets", ...flag]);
  if (code === undefined) throw new Fault("The Pulumi CLI is missing: `npm run up` puts it in place.");
  if (code !== 0) throw faultOf(stderr);
  const told = Object.entries(JSON.parse(stdout) as Record<string, { value?: string; secret: boolean }>)
    .filter(([key]) => key.startsWith(PREFIX))
    .map(([key, { value = "", secret }]) => ({ name: key.slice(PREFIX.length), value, secret }));
  return settingsFrom(
    Object.fromEntries(told.map(({ name, value }) => [name, value])),
    told.filter(({ secret }) => secret).map(({ name }) => name),
  );
}

function settingsFrom(config: Record<string, string>, secretKeys: string[]): Settings {
  runtime._setProject("watchtower");
  useConfig(config, secretKeys);
  return readSettings();
}

/** The context of the user's kubeconfig that leads to the stack; kind writes its own into it. */
export function contextOf({ cluster }: Settings): { kubeContext: string } {
  return { kubeContext: cluster.kind === "existing" ? cluster.kubeContext : kindContext() };
}
