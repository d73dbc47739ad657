import { CONTAINERS, podPattern } from "../values/containers";
import { NAMESPACE } from "../values/shared";
import type { Line } from "./panels";

const IN_NAMESPACE = `namespace="${NAMESPACE}"`;

/** Each container's memory as a share of its limit, which is ours and not the kubelet's to tell. */
export function memoryShare(): string {
  return CONTAINERS.map(({ workload, container, size }) => {
    const used = `container_memory_working_set_bytes{${IN_NAMESPACE}, pod=~"${podPattern(workload)}", container="${container}"}`;
    return `max by (pod, container) (${used}) / ${bytes(size.limits.memory)}`;
  }).join(" or ");
}

/** Cores that each container uses. */
export function cpuUse(): string {
  return `sum by (pod, container) (rate(container_cpu_usage_seconds_total{${IN_NAMESPACE}}[$__rate_interval]))`;
}

/** How often each container was started anew within a time. */
export function restarts(window: string): string {
  return `sum by (pod, container) (changes(container_start_time_seconds{${IN_NAMESPACE}}[${window}]))`;
}

/** A line for each container. */
export function perContainer(expr: string): Line {
  return [expr, "{{pod}} {{container}}"];
}

function bytes(memory: string): number {
  return parseInt(memory, 10) * 2 ** 20;
}
