import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse, parseDocument } from "yaml";
import { isRecord } from "../../settings/raw";
import { Fault } from "./fault";
import { PROJECT_NAME, stackFileOf } from "./stack-name";

/** A stack's configuration as the CLI hands it to the program, and what a reader must know about it. */
export interface StackConfig {
  config: Record<string, string>;
  /** Keys of it that are stored with `--secret`. */
  secretKeys: string[];
  notes: string[];
}

/** Stand where only the passphrase would give the value; they pass the program's checks. */
const MADE_UP: Record<string, string> = {
  sumoEndpoint: "https://sumo.invalid/receiver/v1/otlp/made-up",
  sumoHeaders: JSON.stringify({ "X-Made-Up": "made-up" }),
  sumoApi: JSON.stringify({
    endpoint: "https://sumo.invalid",
    accessId: "made-up",
    accessKey: "made-up",
    scope: "made-up",
  }),
  grafanaAdminPassword: "made-up",
};

/** Settings that the command line lays over the files'. */
export interface Given {
  plain: Record<string, string>;
  /** Those that count as stored with `--secret`. */
  secret: Record<string, string>;
}

/**
 * Reads `Pulumi.yaml` and `Pulumi.<stack>.yaml` of a folder.
 * @throws Fault when one cannot be read
 */
export function readStackConfig(folder: string, stack: string, given: Given): StackConfig {
  const stackFile = stackFileOf(stack);
  const project = readYaml(folder, "Pulumi.yaml") ?? {};
  const own = readYaml(folder, stackFile);
  const read: StackConfig = { config: declaredDefaults(project), secretKeys: [], notes: [] };
  if (own === undefined) read.notes.push(`There is no ${stackFile}: what Pulumi.yaml declares holds.`);
  for (const [key, value] of settingsOf(own ?? {}, project.name)) {
    if (key in given.plain || key in given.secret) continue;
    if (!hasCiphertext(value)) read.config[key] = asText(value);
    else if (key in MADE_UP) {
      read.config[key] = MADE_UP[key]!;
      read.secretKeys.push(key);
      read.notes.push(`${key} is encrypted in ${stackFile}: a made-up value stands for it here.`);
    } else read.notes.push(`${key} is encrypted in ${stackFile}: here it counts as not set.`);
  }
  Object.assign(read.config, given.plain, given.secret);
  read.secretKeys.push(...Object.keys(given.secret));
  return read;
}

/** Has this process' `pulumi.Config` read that configuration. */
export function useConfig(config: Record<string, string>, secretKeys: string[]): void {
  const key = (name: string) => `${PROJECT_NAME}:${name}`;
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(config).map(([name, value]) => [key(name), value])),
    secretKeys.map(key),
  );
}

/**
 * Takes out of a stack's file what only its passphrase could read: the settings that are encrypted, and what that passphrase
 * is known by.
 * @returns the settings that are gone
 */
export function forgetSecrets(folder: string, stack: string): string[] {
  const file = path.join(folder, stackFileOf(stack));
  if (!fs.existsSync(file)) return [];
  const yaml = parseDocument(fs.readFileSync(file, "utf8"));
  for (const key of ["encryptionsalt", "encryptedkey", "secretsprovider"]) yaml.delete(key);
  const { config = {} } = (yaml.toJS() ?? {}) as YamlFile;
  const gone = Object.keys(config).filter((key) => hasCiphertext(config[key]));
  for (const key of gone) yaml.deleteIn(["config", key]);
  fs.writeFileSync(file, yaml.toString());
  return gone.map((key) => key.replace(`${PROJECT_NAME}:`, ""));
}

function declaredDefaults({ config = {} }: YamlFile): Record<string, string> {
  const declared = Object.entries(config).filter(([, key]) => isRecord(key) && "default" in key);
  return Object.fromEntries(declared.map(([key, { default: value }]) => [key, asText(value)]));
}

/** The project's own; a stack's file may hold those of providers, too. */
function settingsOf({ config = {} }: YamlFile, project = ""): [string, unknown][] {
  return Object.entries(config)
    .map(([key, value]): [string, unknown] => [key.replace(`${project}:`, ""), value])
    .filter(([key]) => !key.includes(":"));
}

type YamlFile = { name?: string; config?: Record<string, { default?: unknown }> };

function readYaml(folder: string, name: string): YamlFile | undefined {
  const file = path.join(folder, name);
  if (!fs.existsSync(file)) return undefined;
  try {
    return (parse(fs.readFileSync(file, "utf8")) ?? {}) as YamlFile;
  } catch (error) {
    // Its first line has the place; the next ones would repeat the file's text.
    const [reason = ""] = (error as Error).message.split(/:?\n/);
    throw new Fault(`${name} cannot be read: ${reason}.`);
  }
}

/** The CLI hands everything over as text: a list or an object as JSON. */
function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function hasCiphertext(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasCiphertext);
  return isRecord(value) && ("secure" in value || Object.values(value).some(hasCiphertext));
}
