import * as pulumi from "@pulumi/pulumi";
import { readSettings, type Settings } from "../../settings";
import { PROJECT } from "./home";
import { readStackConfig, useConfig } from "./stack-config";

// Exported by the SDK, but left out of its type declarations.
const runtime = pulumi.runtime as unknown as { _setProject(name: string): void };

/**
 * The settings of a stack as its files have them, without Pulumi's engine; made-up values stand for its secrets.
 * @throws pulumi.RunError that lists every fault, as the program does
 */
export function settingsOf(stack: string): Settings {
  const { config, secretKeys } = readStackConfig(PROJECT, stack, { plain: {}, secret: {} });
  runtime._setProject("watchtower");
  useConfig(config, secretKeys);
  return readSettings();
}
