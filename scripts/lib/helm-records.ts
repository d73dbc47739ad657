import { gunzipSync } from "node:zlib";
import type { V1Secret } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { asTyped } from "./home";
import { kubectl, type Stack } from "./stack";

/** One revision of a Helm release, as the labels of the Secret that Helm keeps it in tell it. */
export interface Revision {
  secret: string;
  release: string;
  revision: number;
  /** `deployed`, `failed`, `pending-install`, `pending-upgrade`, `superseded`, … */
  status: string;
}

/** Finds the Secrets that Helm keeps its revisions in. */
export const HELM_RECORDS = "owner=helm";

export function revisionOf({ metadata }: V1Secret): Revision {
  return {
    secret: metadata?.name ?? "",
    release: metadata?.labels?.name ?? "",
    revision: Number(metadata?.labels?.version),
    status: metadata?.labels?.status ?? "",
  };
}

/** The record of a release's newest revision; undefined: Helm has none. */
export function newestOf(release: string, records: V1Secret[]): V1Secret | undefined {
  return records
    .filter((record) => revisionOf(record).release === release)
    .sort((a, b) => revisionOf(b).revision - revisionOf(a).revision)[0];
}

/**
 * What has releases installed anew that Helm keeps a record of and does not run. Neither `up` nor a refresh goes by what the
 * record says, so it has to go; what is left in the cluster stays, and the next installation takes it over.
 */
export function installingAnew(releases: string[], where: Pick<Stack, "cluster" | "namespace">): string {
  const records = `-l "${HELM_RECORDS},name in (${releases.join(", ")})"`;
  const forget = `${kubectl(where)} delete secret ${records}`;
  return `\`${forget}\`, then \`${asTyped("pulumi refresh --yes")}\`, then \`npm run up\``;
}

/** Which chart a revision installed. */
export interface InstalledChart {
  chart: string;
  version: string;
  appVersion: string;
}

/** Reads what Helm wrote into its Secret: JSON, packed, as base64 within the Secret's own base64. */
export function chartOf({ data }: V1Secret): InstalledChart {
  const packed = Buffer.from(Buffer.from(data?.release ?? "", "base64").toString(), "base64");
  const { chart } = JSON.parse(gunzipSync(packed).toString()) as {
    chart: { metadata: { name: string; version: string; appVersion?: string } };
  };
  const { name, version, appVersion = "" } = chart.metadata;
  return { chart: name, version, appVersion };
}
