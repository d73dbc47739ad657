import type { V1Pod } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { CONTAINERS, isPodOf } from "../../values/containers";
import { reasonOf } from "../lib/fault";
import type { Finding } from "../lib/finding";
import { newestOf, revisionOf } from "../lib/helm-records";
import { helm, kubectl, type Stack } from "../lib/stack";
import type { Line } from "./line";
import { type Part, partsOf } from "./parts";
import { livingOf } from "./pods";
import type { ClusterReader } from "./reader";

/** A Deployment or StatefulSet that the stack should have. */
interface Wanted {
  kind: string;
  workload: string;
  /** The release that makes it. */
  part: Part;
}

type Asking = Pick<ClusterReader, "workloads" | "records">;

/** A line for each workload that should have a pod and has none: scaled down, deleted, or with pods that are refused. */
export function podlessLines(stack: Stack, pods: V1Pod[], reader: Asking): Promise<Line[]> {
  const names = livingOf(pods).map(({ metadata }) => metadata?.name ?? "");
  const podless = wantedBy(stack).filter(({ workload }) => !names.some((pod) => isPodOf(workload, pod)));
  return Promise.all(
    podless.map(async (one) => ({ area: "pods", name: one.workload, ...(await whyOf(one, stack, reader)) })),
  );
}

function wantedBy(stack: Stack): Wanted[] {
  const kinds = new Map(CONTAINERS.map(({ workload, kind }) => [workload, kind]));
  const parts = partsOf(stack);
  return [...kinds].flatMap(([workload, kind]) => {
    const part = parts.find((part) => part === workload || part === workload.split("-")[0]);
    return part === undefined ? [] : [{ workload, kind, part }];
  });
}

async function whyOf(wanted: Wanted, stack: Stack, reader: Asking): Promise<Omit<Finding, "name">> {
  const { kind, workload } = wanted;
  const object = `${kind.toLowerCase()}/${workload}`;
  try {
    const workloads = await reader.workloads();
    const found = workloads.find((one) => one.kind === kind && one.metadata?.name === workload);
    if (found === undefined) return await deleted(wanted, stack, reader);
    return found.spec?.replicas === 0
      ? {
          state: "wrong",
          saw: "is scaled down to no pod",
          mend: `\`${kubectl(stack)} scale --replicas=1 ${object}\``,
        }
      : { state: "wrong", saw: "has no pod", mend: `see \`${kubectl(stack)} describe ${object}\`` };
  } catch (error) {
    return { state: "wrong", saw: `has no pod, and why is not known: ${reasonOf(error)}` };
  }
}

/**
 * Pulumi compares a release's inputs alone, and `pulumi refresh` looks for Helm's record alone (pulumi-kubernetes,
 * helm_release.go), so neither misses an object of the chart's. Helm makes what is missing when it rolls back, even to the
 * revision that is there; without a number it would take the one before.
 */
async function deleted(
  { kind, part }: Wanted,
  stack: Stack,
  { records }: Asking,
): Promise<Omit<Finding, "name">> {
  const newest = newestOf(part, await records());
  const saw = `its ${kind} was deleted`;
  if (newest === undefined) return { state: "wrong", saw }; // the part's own line says what mends that
  return { state: "wrong", saw, mend: `\`${helm(stack)} rollback ${part} ${revisionOf(newest).revision}\`` };
}
