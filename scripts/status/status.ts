import { setTimeout as sleep } from "node:timers/promises";
import { type ExportError, exportErrors } from "../lib/alloy-log";
import { ALLOY_PORT, NoService, type PodNews } from "../lib/cluster";
import { reasonOf } from "../lib/fault";
import { flowBetween, readPaths, type Reading } from "../lib/paths";
import { parseMetrics } from "../lib/prometheus";
import type { ContainerStatus } from "../lib/running";
import type { Stack } from "../lib/stack";
import { lookAtGrafana, otlpLines } from "./addresses";
import { clusterLine, reach } from "./cluster";
import type { Line } from "./line";
import { partLines } from "./parts";
import { pathLines } from "./paths";
import { measure, podLines } from "./pods";
import type { ClusterReader } from "./reader";
import { type DiskUse, volumeLines } from "./volumes";
import { podlessLines } from "./workloads";

/** What a stack is looked at with. */
export interface Means {
  reader: ClusterReader;
  containerStatus: ContainerStatus;
  diskUse: DiskUse;
  /** How far apart two readings of Alloy's counters have to be for a rate. */
  rateOverMs: number;
}

/** All that was seen at one time. */
export interface Status {
  lines: Line[];
  /** The newest reading of Alloy's counters, for the rates of the next look. */
  reading?: Reading;
}

/**
 * Looks at the whole stack, each part by itself: what does not answer is a line, and never an ok one.
 * @param before an earlier reading to measure rates from; undefined: it waits for a second one
 * @throws Fault when there is no cluster to look at
 */
export async function look(stack: Stack, means: Means, before?: Reading): Promise<Status> {
  const { reader, containerStatus, diskUse } = means;
  const version = await reach(stack, reader, containerStatus);
  const first = before ?? readAlloy(stack, reader);
  const pods = reader.pods();
  pods.catch(() => {}); // told to each who asks
  const measured = pods.then(({ pods }) => measure(pods, reader.kubelet)).catch(reasonOf);
  const seenGrafana = lookAtGrafana(stack);
  const paths = lookAtPaths(stack, means, first, pods);
  const lines = await Promise.all([
    told("cluster", clusterLine(stack, version, reader)),
    told(
      "parts",
      seenGrafana.then(({ grafana }) => partLines(stack, { reader, grafana })),
    ),
    told(
      "pods",
      Promise.all([pods, measured]).then(async ([news, memory]) => [
        ...podLines(stack, news, memory),
        ...(await podlessLines(stack, news.pods, reader)),
      ]),
    ),
    told(
      "volumes",
      measured.then((memory) => volumeLines(stack, reader, memory, diskUse)),
    ),
    told(
      "addresses",
      seenGrafana.then(({ lines }) => lines),
    ),
    told("addresses", otlpLines(stack)),
    told(
      "paths",
      paths.then(({ lines }) => lines),
    ),
  ]);
  return { lines: lines.flat(), reading: await paths.then(({ reading }) => reading).catch(() => undefined) };
}

/** Looks at the paths alone. */
export async function lookAtTheirPaths(stack: Stack, means: Means): Promise<Line[]> {
  const pods = means.reader.pods();
  pods.catch(() => {}); // told of by whoever reads the log
  return (await lookAtPaths(stack, means, readAlloy(stack, means.reader), pods)).lines;
}

/** What an area tells; one that cannot be looked at tells why, and is not well. */
async function told(area: Line["area"], looking: Promise<Line | Line[]>): Promise<Line[]> {
  try {
    return [await looking].flat();
  } catch (error) {
    const why = error instanceof NoService ? error.what : reasonOf(error);
    return [{ area, name: area, state: "wrong", saw: `cannot be looked at: ${why}` }];
  }
}

async function readAlloy({ components }: Stack, { page }: ClusterReader): Promise<Reading | undefined> {
  if (!components.includes("alloy")) return undefined;
  return readPaths(parseMetrics(await page("alloy", ALLOY_PORT, "metrics")));
}

/** Reads Alloy's counters a second time, and its log meanwhile. */
async function lookAtPaths(
  stack: Stack,
  { reader, rateOverMs }: Means,
  first: Reading | Promise<Reading | undefined>,
  pods: Promise<PodNews>,
): Promise<Status> {
  const [before, errors] = await Promise.all([first, errorsOf(reader, pods)]);
  if (before === undefined) return { lines: [] };
  await sleep(Math.max(before.at + rateOverMs - Date.now(), 0));
  const reading = (await readAlloy(stack, reader))!;
  const refused = total(reading.refused) - total(before.refused);
  const seen = { reading, flows: flowBetween(before, reading), refused: Math.max(refused, 0), errors };
  return { lines: pathLines(stack, seen), reading };
}

async function errorsOf(reader: ClusterReader, news: Promise<PodNews>): Promise<ExportError[] | string> {
  try {
    const { pods } = await news;
    const own = pods.find(({ metadata }) => metadata?.labels?.["app.kubernetes.io/instance"] === "alloy");
    if (own === undefined) return "it has no pod";
    return exportErrors(await reader.log(own.metadata?.name ?? "", "alloy"));
  } catch (error) {
    return reasonOf(error);
  }
}

function total(items: Record<string, number>): number {
  return Object.values(items).reduce((sum, count) => sum + count, 0);
}
