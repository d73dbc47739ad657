import type { V1PersistentVolume, V1PersistentVolumeClaim } from "@kubernetes/client-node" with {
  "resolution-mode": "import",
};
import { MAKE_ROOM } from "../lib/checks/machine";
import { docker } from "../lib/docker";
import { reasonOf } from "../lib/fault";
import { kindClusterIn, nodeOf } from "../lib/kind";
import type { Stack } from "../lib/stack";
import { within } from "../lib/wait";
import { bytesIn, inMiB, type Line } from "./line";
import type { Measured } from "./pods";
import type { ClusterReader, KubeletSummary } from "./reader";

/** Shares in use from which on a volume, or the disk below all of them, is worth a word. At 90 % Loki stops its log. */
const FULL = { warn: 0.85, wrong: 0.95 };
/** Time for `du` in the node, and for Docker to get there. */
const MEASURE_WITHIN = { inNodeS: 2, ms: 3_000 };

/**
 * Sizes of folders of a node in bytes, by path.
 * @throws Error when the node cannot be asked
 */
export type DiskUse = (node: string, folders: string[]) => Promise<Map<string, number>>;

/** A line for each claim with what is used of it, as far as anybody knows, and one for the disk below them. */
export async function volumeLines(
  stack: Stack,
  reader: Pick<ClusterReader, "claims" | "volumes">,
  measured: Measured,
  diskUse: DiskUse,
): Promise<Line[]> {
  const claims = await reader.claims();
  const used = await useOf(stack, claims, reader, measured, diskUse);
  const summaries = typeof measured === "string" ? [] : measured;
  return [...claims.map((claim) => claimLine(claim, used)), ...summaries.flatMap(diskLine)];
}

/** Bytes in use by claim, and why that of the others is not known. */
interface Use {
  bytes: Map<string, number>;
  /** Undefined: nobody here could know it. */
  unknown?: string;
}

/** The kubelet tells of volumes it has mounted itself; kind's are folders of the node, of which it is silent. */
async function useOf(
  { cluster }: Stack,
  claims: V1PersistentVolumeClaim[],
  { volumes }: Pick<ClusterReader, "volumes">,
  measured: Measured,
  diskUse: DiskUse,
): Promise<Use> {
  const bytes = typeof measured === "string" ? new Map<string, number>() : told(measured);
  const kind = "kubeconfig" in cluster ? kindClusterIn(cluster.kubeconfig) : undefined;
  if (kind === undefined || claims.every(({ metadata }) => bytes.has(metadata?.name ?? ""))) return { bytes };
  try {
    const folders = new Map((await volumes()).map(folderOf));
    const paths = claims.flatMap(({ spec }) => folders.get(spec?.volumeName ?? "") ?? []);
    const sizes = await diskUse(nodeOf(kind), paths);
    for (const { metadata, spec } of claims) {
      const size = sizes.get(folders.get(spec?.volumeName ?? "") ?? "");
      const name = metadata?.name ?? "";
      if (size !== undefined && !bytes.has(name)) bytes.set(name, size);
    }
    return { bytes, unknown: `the node has not told it within ${MEASURE_WITHIN.inNodeS} s` };
  } catch (error) {
    return { bytes, unknown: reasonOf(error) };
  }
}

function told(summaries: KubeletSummary[]): Map<string, number> {
  const volumes = summaries.flatMap(({ pods = [] }) => pods.flatMap(({ volume = [] }) => volume));
  return new Map(
    volumes.flatMap(({ pvcRef, usedBytes }) =>
      pvcRef === undefined || usedBytes === undefined ? [] : [[pvcRef.name, usedBytes] as const],
    ),
  );
}

function folderOf({ metadata, spec }: V1PersistentVolume): [string, string | undefined] {
  return [metadata?.name ?? "", spec?.hostPath?.path ?? spec?.local?.path];
}

function claimLine({ metadata, spec, status }: V1PersistentVolumeClaim, { bytes, unknown }: Use): Line {
  const name = metadata?.name ?? "";
  const asked = spec?.resources?.requests?.storage;
  const [size, used] = [bytesIn(status?.capacity?.storage ?? asked), bytes.get(name)];
  const line = { area: "volumes" as const, name, data: { phase: status?.phase, size, used } };
  if (status?.phase !== "Bound")
    return { ...line, state: "wrong", saw: `is ${status?.phase ?? "in no phase"}: it has no volume` };
  if (used === undefined || size === undefined)
    return {
      ...line,
      state: unknown === undefined ? "ok" : "warn",
      saw: `${asked}; its use is not known${unknown === undefined ? "" : `: ${unknown}`}`,
    };
  const saw = `${inMiB(used)} of ${inMiB(size)}`;
  return { ...line, state: used / size < FULL.warn ? "ok" : "warn", saw };
}

function diskLine({ node }: KubeletSummary): Line[] {
  const { availableBytes: free, capacityBytes: size } = node?.fs ?? {};
  if (free === undefined || size === undefined) return [];
  const share = 1 - free / size;
  const state = share < FULL.warn ? "ok" : share < FULL.wrong ? "warn" : "wrong";
  return [
    {
      area: "volumes",
      name: "disk below",
      state,
      saw: `${inMiB(free)} of ${inMiB(size)} free`,
      ...(state !== "ok" && { mend: MAKE_ROOM }),
      data: { free, size },
    },
  ];
}

/** Asks `du` in the node; a folder that it has not come to within its time is left out. */
export const diskUseInNode: DiskUse = async (node, folders) => {
  // Files come and go meanwhile, which `du` ends with an error for, with all sums told.
  const script = `timeout ${MEASURE_WITHIN.inNodeS} du -sk "$@" 2> /dev/null; true`;
  const said = await within(MEASURE_WITHIN.ms, docker("exec", node, "sh", "-c", script, "du", ...folders));
  return new Map(
    said.split("\n").flatMap((line) => {
      const [, kilobytes, folder] = /^(\d+)\s+(.+)$/.exec(line) ?? [];
      return folder === undefined ? [] : [[folder, Number(kilobytes) * 1024] as const];
    }),
  );
};
