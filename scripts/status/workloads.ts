import type { V1Pod } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { CONTAINERS, isPodOf } from "../../values/containers";
import { reasonOf } from "../lib/fault";
import type { Finding } from "../lib/finding";
import { type Release, releasesOf } from "../lib/parts";
import { kubectl, type Stack } from "../lib/stack";
import type { Line } from "./line";
import { rollbackOf } from "./parts";
import { livingOf } from "./pods";
import type { ClusterReader } from "./reader";

/** A Deployment or StatefulSet that the stack should have. */
interface Wanted {
  kind: string;
  workload: string;
  /** The release that makes it. */
  part: Release;
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
  const parts = releasesOf(stack);
  return [...kinds].flatMap(([workload, kind]) => {
    const part = parts.find((part) => part === workload || part === workload.split("-")[0]);
    return part === undefined ? [] : [{ workload, kind, part }];
  });
}

async function whyOf(wanted: Wanted, stack: Stack, reader: Asking): Promise<Omit<Finding, "name">> {
  const { kind, workload, part } = wanted;
  const object = `${kind.toLowerCase()}/${workload}`;
  try {
    const workloads = await reader.workloads();
    const found = workloads.find((one) => one.kind === kind && one.metadata?.name === workload);
    if (found === undefined) {
      const mend = rollbackOf(part, stack, await reader.records());
      return { state: "wrong", saw: `its ${kind} was deleted`, mend };
    }
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
