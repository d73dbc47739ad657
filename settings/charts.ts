import * as fs from "node:fs";
import * as path from "node:path";
import { CHARTS, COMPONENTS, type Component } from "../versions";
import { KEYS } from "./defaults";
import { type Faults, isRecord, type RawConfig, show } from "./raw";

/** Where a chart comes from: a pinned version of a repository, or an unpacked folder. */
export type ChartSource =
  { chart: string; repo: string; version: string; path?: undefined } | { path: string };

const FIELDS = ["repo", "version", "path"];

/** The pinned table with this stack's overrides (mirrors, air-gapped use) applied. */
export function readCharts(raw: RawConfig, faults: Faults): Record<Component, ChartSource> {
  const given = raw.structure("charts", "object", KEYS.charts);
  const overrides = isRecord(given) ? given : {};
  for (const name of Object.keys(overrides))
    if (!COMPONENTS.includes(name as Component))
      faults.add(
        `charts names ${show(name)}`,
        `must name one of ${COMPONENTS.join(", ")}`,
        `pulumi config rm --path charts.${name}`,
      );
  return Object.fromEntries(
    COMPONENTS.map((name) => [name, readSource(name, overrides[name], faults)]),
  ) as Record<Component, ChartSource>;
}

function readSource(name: Component, given: unknown, faults: Faults): ChartSource {
  const { chart, repo, version } = CHARTS[name];
  const pinned = { chart, repo, version };
  if (given === undefined) return pinned;
  const key = `charts.${name}`;
  const mend = `pulumi config rm --path ${key}`;
  if (!isRecord(given) || Object.keys(given).some((field) => !FIELDS.includes(field))) {
    faults.add(`${key} is ${show(given)}`, "must have path, or repo and version", mend);
    return pinned;
  }
  if (Object.values(given).some((value) => typeof value !== "string" || value === "")) {
    faults.add(`${key} is ${show(given)}`, "each of its fields must be text", mend);
    return pinned;
  }
  const override = given as { repo?: string; version?: string; path?: string };
  if (override.path !== undefined) return readPath(key, override as { path: string }, faults);
  if (override.version !== undefined && !/^\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/.test(override.version))
    faults.add(
      `${key}.version is ${show(override.version)}`,
      "must be one exact version such as 2.2.4",
      `pulumi config set --path ${key}.version ${version}`,
    );
  // A user and password would stand in the state; Helm's own login keeps them.
  if (override.repo !== undefined && !/^(https?|oci):\/\/[^@/]+(\/|$)/.test(override.repo))
    faults.add(
      `${key}.repo is ${show(override.repo.replace(/\/\/[^/]*@/, "//…@"))}`,
      "must be a repository's https:// or oci:// address, without user and password",
      `pulumi config set --path ${key}.repo ${repo}`,
    );
  return { ...pinned, ...override };
}

function readPath(
  key: string,
  override: { path: string; repo?: string; version?: string },
  faults: Faults,
): ChartSource {
  if (override.repo !== undefined || override.version !== undefined)
    faults.add(
      `${key} has path beside repo or version`,
      "a folder has its own version",
      `pulumi config rm --path ${key}.${override.repo === undefined ? "version" : "repo"}`,
    );
  if (!fs.existsSync(path.join(override.path, "Chart.yaml")))
    faults.add(
      `${key}.path is ${show(override.path)}`,
      "must be an unpacked chart's folder, with its Chart.yaml",
      `pulumi config rm --path ${key}.path`,
    );
  return { path: override.path };
}
