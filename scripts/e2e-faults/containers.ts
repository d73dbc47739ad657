import { setTimeout as sleep } from "node:timers/promises";
import { parseMetrics } from "../lib/prometheus";

/** Memory and starts of the stack's containers, as the kubelet tells them (`/metrics/resource`). */
export class Containers {
  /** Largest working set of Alloy's container that was seen, in bytes. */
  alloyMemory?: number;
  private readonly startedAt = new Map<string, Set<number>>();
  private done = false;

  /** @param read the page of the node; @param namespace whose containers count */
  constructor(
    private readonly read: () => Promise<string>,
    private readonly namespace: string,
  ) {}

  follow(everyMs: number): void {
    void (async () => {
      for (; !this.done; await sleep(everyMs)) await this.look().catch(() => undefined);
    })();
  }

  stop(): void {
    this.done = true;
  }

  async look(): Promise<void> {
    for (const { name, labels, value } of parseMetrics(await this.read())) {
      const { namespace, container = "", pod = "" } = labels;
      // The stand-in is an Alloy, too.
      if (namespace !== this.namespace || pod.startsWith("sumo-stand-in-")) continue;
      if (name === "container_memory_working_set_bytes" && container === "alloy")
        this.alloyMemory = Math.max(this.alloyMemory ?? 0, value);
      if (name === "container_start_time_seconds") {
        const starts = this.startedAt.get(container) ?? new Set();
        this.startedAt.set(container, starts.add(value));
      }
    }
  }

  /** How often each container was started anew since the first look; those that were not are left out. */
  get restarts(): Record<string, number> {
    const all = [...this.startedAt].map(([container, starts]) => [container, starts.size - 1] as const);
    return Object.fromEntries(all.filter(([, times]) => times > 0));
  }
}
