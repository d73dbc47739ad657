import { SECOND } from "../../alloy/labels";
import type { SumoDestination } from "../../settings";
import type { ReadMetrics } from "../lib/cluster";
import { Fault } from "../lib/fault";
import { COUNTED, labelsOf } from "../lib/paths";
import { parseMetrics, type Sample, sumOf } from "../lib/prometheus";
import { type Signal, SIGNALS } from "../lib/signals";
import { type Patience, waitUntil } from "../lib/wait";
import type { Lookout } from "./lookout";

/** Where the second path leads, for people. */
const PLACE = { "stand-in": "Sumo stand-in", sumo: "Sumo" };

/** The second path, watched by counters: they show that something came through, not what. */
export class SecondPath {
  /** What was counted before anything was sent. */
  private readonly before = new Map<Signal, number>();
  private uncounted?: Fault;
  private reading?: Promise<Sample[]>;

  constructor(
    private readonly destination: Exclude<SumoDestination, "off">,
    private readonly read: ReadMetrics,
  ) {}

  /** Takes the counts that have to grow, once whoever counts is up. */
  async takeCounts(patience: Patience): Promise<void> {
    const why = await waitUntil(async () => {
      const samples = await this.samples();
      for (const signal of SIGNALS) this.before.set(signal, this.count(samples, signal));
      return undefined;
    }, patience);
    if (why !== undefined) this.uncounted = new Fault(why);
  }

  /** Looks for a grown count of that signal. */
  lookout(signal: Signal): Lookout {
    return {
      path: "second",
      place: PLACE[this.destination],
      missing: () => this.missing(signal),
      whyStuck: () => this.whyStuck(signal),
    };
  }

  private async missing(signal: Signal): Promise<string | undefined> {
    if (this.uncounted) throw this.uncounted;
    const count = this.count(await this.samples(), signal);
    // A pod that was started anew counts from 0.
    if (count < (this.before.get(signal) ?? 0)) this.before.set(signal, 0);
    if (count > (this.before.get(signal) ?? 0)) return undefined;
    const { service, counter } = COUNTED[this.destination];
    return `${counter}_${signal.items}_total of ${service} stays at ${count}`;
  }

  private async whyStuck({ items, dataType }: Signal): Promise<string> {
    const samples = parseMetrics(await this.read("alloy"));
    const exporter = labelsOf(SECOND, dataType);
    const queued = sumOf(samples, "otelcol_exporter_queue_size", { ...exporter, data_type: dataType });
    const failed = sumOf(samples, `otelcol_exporter_send_failed_${items}_total`, exporter);
    return `Alloy's queue for it holds ${queued} bytes, and Alloy has given up ${failed} ${items} since it started`;
  }

  private count(samples: Sample[], { items, dataType }: Signal): number {
    const { counter, exporter } = COUNTED[this.destination];
    return sumOf(samples, `${counter}_${items}_total`, exporter && labelsOf(exporter, dataType));
  }

  /** One reading serves all who ask while it is on its way. */
  private samples(): Promise<Sample[]> {
    this.reading ??= this.read(COUNTED[this.destination].service)
      .then(parseMetrics)
      .finally(() => (this.reading = undefined));
    return this.reading;
  }
}
