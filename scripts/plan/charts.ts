import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import type { ReleaseInputs } from "../lib/recorded";

/** Which chart a release installs, and where it is taken from. */
export interface ChartOrigin {
  chart: string;
  version: string;
  /** Address of the repository, or the folder. */
  source: string;
}

export function chartOrigin({ chart, version, repositoryOpts }: ReleaseInputs): ChartOrigin {
  if (version === undefined) return { ...chartFile(chart), source: chart };
  if (repositoryOpts) return { chart, version, source: repositoryOpts.repo };
  const cut = chart.lastIndexOf("/"); // an OCI registry: the chart's name is the last part of its address
  return { chart: chart.slice(cut + 1), version, source: chart.slice(0, cut) };
}

/** A folder's own name and version. */
function chartFile(folder: string): { chart: string; version: string } {
  const { name, version } = parse(fs.readFileSync(path.join(folder, "Chart.yaml"), "utf8")) as {
    name: string;
    version: string;
  };
  return { chart: name, version };
}
