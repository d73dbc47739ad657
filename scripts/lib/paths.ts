import { EXPORTER, SECOND, secondExporter } from "../../alloy/labels";
import type { SumoDestination } from "../../settings";
import type { ReadMetrics } from "./cluster";
import { parseMetrics, type Sample, sumOf } from "./prometheus";
import { type Signal, SIGNALS } from "./signals";

/** A signal, as Alloy's queues name it. */
export type SignalName = Signal["dataType"];

/** Who sends a signal from Alloy: each local exporter is named after its backend, and those of the second path count as one. */
export type Exporter = Signal["backend"] | typeof SECOND;

/** One signal on one path, as Alloy has counted it since it started: what was sent and is not kept was given up. */
export interface PathCounts {
  signal: SignalName;
  exporter: Exporter;
  /** Items that the other side took. */
  sent: number;
  /** Items that it refused for good: lost to this path. */
  givenUp: number;
  /** Items that found the queue full: lost to this path. */
  overflown: number;
  /** Bytes that wait in the queue on disk, what is being sent among them. */
  queuedBytes: number;
  /** Bytes that the queue holds at most. */
  capacityBytes: number;
}

/** One reading of Alloy's counters. */
export interface Reading {
  /** When it was taken, in ms since 1970. */
  at: number;
  /** Items that came in, by signal, since Alloy started. */
  accepted: Record<SignalName, number>;
  /** Items that were sent back to their senders, who should try again. */
  refused: Record<SignalName, number>;
  /** Bytes of one item in the queues, by signal, where any has come by. */
  itemBytes: Partial<Record<SignalName, number>>;
  /** Every path that Alloy runs, by signal. */
  paths: PathCounts[];
  /** Whether Alloy runs the newest configuration that it was given. */
  configAccepted: boolean;
  /** Components that do not work. Of an exporter that could not start the page tells a queue all the same. */
  unhealthy: number;
  /** When Alloy started, in s since 1970: its counters began then. */
  startedAt: number;
}

/** What Alloy's series of a signal on its way by that exporter carry. */
export function labelsOf(exporter: Exporter, signal: SignalName): { component_id: string } {
  const name = exporter === SECOND ? secondExporter(signal) : exporter;
  return { component_id: `otelcol.exporter.otlphttp.${name}` };
}

/** Reads the `component_id` of an exporter on one of our paths; undefined: it is none. */
export function exporterOf(componentId = ""): { exporter: Exporter; signal: SignalName } | undefined {
  const [, path, itsSignal] = WHOLE_EXPORTER.exec(componentId) ?? [];
  const signal = SIGNALS.find(({ backend, dataType }) =>
    path === SECOND ? dataType === itsSignal : backend === path,
  );
  return signal && { exporter: path === SECOND ? SECOND : signal.backend, signal: signal.dataType };
}

const WHOLE_EXPORTER = new RegExp(`^${EXPORTER}$`);

/** Who counts what came through: Sumo tells nobody what it took, so there Alloy's word for its 200 has to do. */
export const COUNTED: Record<Exclude<SumoDestination, "off">, Counted> = {
  "stand-in": { service: "sumo-stand-in", counter: "otelcol_receiver_accepted" },
  sumo: { service: "alloy", counter: "otelcol_exporter_sent", exporter: SECOND },
};

interface Counted {
  service: string;
  /** Its name without the signal's items. */
  counter: string;
  /** Whose items of them count; undefined: all. */
  exporter?: Exporter;
}

/** Says what there still is of a second path that is switched off, or undefined. */
export async function notSilent(read: ReadMetrics): Promise<string | undefined> {
  const left = parseMetrics(await read("alloy"))
    .map(({ labels }) => labels.component_id)
    .find((id) => exporterOf(id)?.exporter === SECOND);
  return left !== undefined
    ? `Alloy still runs ${left}: it takes a changed configuration within a minute, so try again`
    : undefined;
}

/** Takes one reading from Alloy's own metrics page; a path that Alloy does not run is not in it. */
export function readPaths(samples: Sample[], at = Date.now()): Reading {
  const perSignal = (counter: string) =>
    Object.fromEntries(
      SIGNALS.map(({ dataType, items }) => [
        dataType,
        sumOf(samples, `otelcol_receiver_${counter}_${items}_total`),
      ]),
    ) as Record<SignalName, number>;
  return {
    at,
    accepted: perSignal("accepted"),
    refused: perSignal("refused"),
    itemBytes: itemBytes(samples),
    paths: SIGNALS.flatMap((signal) =>
      ([signal.backend, SECOND] as const).flatMap((exporter) => pathOf(samples, signal, exporter)),
    ),
    configAccepted: sumOf(samples, "alloy_config_last_load_successful") === 1,
    unhealthy: sumOf(samples, "alloy_component_controller_running_components", { health_type: "unhealthy" }),
    startedAt: sumOf(samples, "process_start_time_seconds"),
  };
}

function pathOf(samples: Sample[], { dataType: signal, items }: Signal, exporter: Exporter): PathCounts[] {
  const own = labelsOf(exporter, signal);
  const count = (what: string) => sumOf(samples, `otelcol_exporter_${what}_${items}_total`, own);
  const queue = (what: string) =>
    sumOf(samples, `otelcol_exporter_queue_${what}`, { ...own, data_type: signal });
  const capacityBytes = queue("capacity");
  if (capacityBytes === 0) return []; // told from the exporter's start on
  return [
    {
      signal,
      exporter,
      sent: count("sent"),
      givenUp: count("send_failed"),
      overflown: count("enqueue_failed"),
      queuedBytes: queue("size"),
      capacityBytes,
    },
  ];
}

/** An exporter carries one signal, and the second path the same items as the local one. */
function itemBytes(samples: Sample[]): Partial<Record<SignalName, number>> {
  const sizes = SIGNALS.map(({ dataType, backend }) => {
    const sent = (unit: string, exporter: Exporter) =>
      sumOf(samples, `otelcol_exporter_queue_batch_send_size${unit}_sum`, labelsOf(exporter, dataType));
    const exporter = sent("", backend) > 0 ? backend : SECOND;
    return [dataType, sent("_bytes", exporter) / sent("", exporter)] as const;
  });
  return Object.fromEntries(sizes.filter(([, size]) => size > 0));
}

/** What one path did between two readings. */
export interface PathFlow extends PathCounts {
  /** Items a second that came in for it. */
  inPerSecond: number;
  /** Items a second that the other side took. */
  sentPerSecond: number;
  /** Items that were given up or found the queue full between the two readings. */
  lost: number;
  /** Bytes that waited at both readings: more than what just came by. */
  waitingBytes: number;
  /** For how many seconds' worth of what comes in now that is; undefined: nothing came in to measure it by. */
  lagSeconds?: number;
}

/** What each path did between two readings; where Alloy has started anew between them, since it has. */
export function flowBetween(before: Reading, after: Reading): PathFlow[] {
  const earlier = before.startedAt === after.startedAt ? before : undefined;
  const seconds = Math.max(after.at - (earlier?.at ?? after.startedAt * 1_000), 1) / 1_000;
  return after.paths.map((path) => {
    const was = earlier?.paths.find((one) => one.signal === path.signal && one.exporter === path.exporter);
    const since = (of: (counts: PathCounts) => number) => Math.max(of(path) - (was ? of(was) : 0), 0);
    const came = Math.max(after.accepted[path.signal] - (earlier?.accepted[path.signal] ?? 0), 0);
    const waitingBytes = Math.min(path.queuedBytes, was?.queuedBytes ?? path.queuedBytes);
    return {
      ...path,
      inPerSecond: came / seconds,
      sentPerSecond: since(({ sent }) => sent) / seconds,
      lost: since(({ givenUp, overflown }) => givenUp + overflown),
      waitingBytes,
      lagSeconds: lagOf(waitingBytes, after.itemBytes[path.signal], came / seconds),
    };
  });
}

function lagOf(waitingBytes: number, itemBytes: number | undefined, inPerSecond: number): number | undefined {
  if (waitingBytes === 0) return 0;
  if (itemBytes === undefined || inPerSecond === 0) return undefined;
  return waitingBytes / itemBytes / inPerSecond;
}
