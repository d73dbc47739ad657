import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { docker } from "../lib/docker";
import { Engine } from "../lib/engine";
import { Fault } from "../lib/fault";
import { PROJECT } from "../lib/home";
import { alloyPod, untilInEffect } from "../lib/in-effect";
import { nodeOf } from "../lib/kind";
import { plainApi } from "../lib/plain-api";
import { wholeCluster } from "../lib/plain-verb";
import { parseMetrics, sumOf } from "../lib/prometheus";
import { findStack, type Stack } from "../lib/stack";
import { stackFileOf } from "../lib/stack-name";
import { HttpDoor } from "./doors";
import { Kube } from "./kube";
import { LiveStack } from "./live-stack";
import { COUNTERS } from "./meter";
import { NodeShell } from "./node-shell";
import { newRun } from "./numbers";
import type { Options } from "./options";
import { payload } from "./payload";
import type { Rig } from "./run-case";
import { Sink } from "./sink";
import { Undo } from "./undo";

const NEEDED = ["tempo", "loki", "mimir", "alloy"] as const;
/** Longer than an exporter of ours holds anything back. */
const LISTEN_MS = 2_000;
const READY = { withinMs: 300_000, everyMs: 1_000 };
const QUIET = { withinMs: 600_000, everyMs: 1_000 };
const IN_EFFECT = { withinMs: 120_000, everyMs: 1_000 };

/** A rig on the running stack, whose second path leads here until `close`. */
export interface OpenRig extends Rig {
  /** Waits until every part is ready, and nothing waits in a queue of Alloy's. */
  quiet: () => Promise<void>;
  /** Puts everything back, and closes. */
  close: () => Promise<void>;
}

/** A running stack that is as its settings say. */
interface OpenStack {
  live: LiveStack;
  stack: Stack & { otlp: Required<Stack>["otlp"] };
}

/**
 * Opens the stack, and mends what a killed run has left.
 * @throws Fault when there is no stack that can be broken and mended
 */
async function openStack(
  { stack: named }: Options,
  undo: Undo,
  tell: (text: string) => void,
): Promise<OpenStack> {
  const engine = await Engine.open(named, { make: false, tell });
  const { cluster, runs } = await wholeCluster(engine);
  if (!runs && !undo.changes.some(({ what }) => what === "node"))
    throw new Fault("The cluster is stopped: `npm run resume` starts it.");
  const stack = await findStack(engine!.name);
  const missing = NEEDED.filter((part) => !stack.components.includes(part));
  const { otlp } = stack;
  if (missing.length > 0 || !otlp)
    throw new Fault(`The stack runs without ${missing.join(", ")}: \`npm run up -- all\` adds them.`);

  const kube = new Kube(await plainApi(stack.cluster), stack.namespace);
  const shell = NodeShell.of(nodeOf(cluster));
  const settingsFile = path.join(PROJECT, stackFileOf(engine!.name));
  const pod = alloyPod(stack);
  const live = new LiveStack({
    ...{ engine: engine!, cluster, kube, shell, undo, settingsFile, tell },
    untilInEffect: (sumoDestination) => untilInEffect({ ...stack, sumoDestination }, pod),
  });
  if (undo.changes.length > 0) {
    tell("Mending what a killed run has left");
    await undo.putBack(live.putBack);
  }
  return { live, stack: { ...stack, otlp } };
}

/** Mends what a killed run has left, and nothing else. */
export async function mendStack(options: Options, tell: (text: string) => void): Promise<void> {
  const undo = new Undo();
  if (undo.changes.length === 0) return tell("No killed run has left anything to mend.");
  await openStack(options, undo, tell);
  tell("The stack is as its settings say.");
}

/**
 * Has the stack's second path lead to a sink of ours.
 * @throws Fault when there is no stack that can be broken and mended, or somebody uses it
 */
export async function openRig(
  options: Options,
  ended: AbortSignal,
  tell: (text: string) => void,
): Promise<OpenRig> {
  const undo = new Undo();
  const { live, stack } = await openStack(options, undo, tell);
  const { cluster, engine, kube } = live.tools;
  await ready(live, ended);
  await refuseCompany(live);

  const { bind, seenAs } = await addressFor(nodeOf(cluster));
  const sink = await Sink.open(bind);
  const rig: OpenRig = {
    sink,
    sinkSeenAs: seenAs,
    live,
    ended,
    options,
    tell,
    otlp: stack.otlp,
    namespace: stack.namespace,
    ask: kube.ask,
    readPage: live.readPage,
    readAlloyLog: (since) => kube.log("alloy", since),
    readContainers: () => kube.containers(),
    putBack: (which = () => true) =>
      undo.putBack(live.putBack, (change) => change.what !== "settings" && which(change)),
    quiet: async () => {
      await ready(live, ended);
      await live.until(() => (ended.aborted ? DONE : live.backlog(0)), QUIET);
    },
    close: async () => {
      await undo.putBack(live.putBack);
      await sink.down();
    },
  };
  try {
    tell("Leading the second path to this program");
    await live.setEndpoint(sink.url(seenAs));
    await engine.set("sumoEnabled", "true", { secret: false });
    await live.up();
    await untilHere(rig, live);
  } catch (error) {
    await rig.close();
    throw error;
  }
  return rig;
}

/** Nothing is waited for any more once somebody wants us to end. */
const DONE = Promise.resolve(undefined);

function ready(live: LiveStack, ended: AbortSignal): Promise<void> {
  return live.until(() => (ended.aborted ? DONE : live.notReady()), READY);
}

/** Where the cluster reaches this machine, and no one else does. */
async function addressFor(node: string): Promise<{ bind: string; seenAs: string }> {
  // There Docker runs in a machine of its own, which hands this name on to the loopback address.
  if (process.platform === "darwin") return { bind: "127.0.0.1", seenAs: "host.docker.internal" };
  const said = await docker("inspect", "-f", "{{json .NetworkSettings.Networks}}", node);
  const networks = Object.values(JSON.parse(said) as Record<string, { Gateway: string }>);
  const gateway = networks.find(({ Gateway }) => Gateway !== "")?.Gateway;
  if (gateway === undefined)
    throw new Fault(`Docker tells no gateway of ${node}, by which it would reach us.`);
  return { bind: gateway, seenAs: gateway };
}

/** What others send would be counted as repeated. */
async function refuseCompany(live: LiveStack): Promise<void> {
  const accepted = async () => {
    const samples = parseMetrics(await live.readPage("alloy"));
    return (["accepted traces", "accepted logs", "accepted metrics"] as const)
      .map((name) => sumOf(samples, COUNTERS[name].metric, COUNTERS[name].labels))
      .reduce((all, one) => all + one);
  };
  const before = await accepted();
  await sleep(LISTEN_MS);
  if ((await accepted()) !== before)
    throw new Fault("Something else sends to this stack: stop it, since this counts every item.");
}

/** Sends until something arrives: a changed address takes some seconds to reach Alloy. */
async function untilHere({ otlp, sink }: Rig, live: LiveStack): Promise<void> {
  const run = newRun();
  const { seen } = sink.received(run);
  const door = new HttpDoor(otlp);
  let from = 0;
  await live.until(async () => {
    const timesUs = [Date.now() * 1_000];
    await door.send("traces", payload("traces", { run, from: from++, timesUs }));
    return seen.traces.distinct > 0 ? undefined : "nothing comes by the second path";
  }, IN_EFFECT);
  await door.close();
}
