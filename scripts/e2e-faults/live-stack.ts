import * as path from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { SumoDestination } from "../../settings";
import { ALLOY } from "../../values/alloy";
import { docker } from "../lib/docker";
import { Fault } from "../lib/fault";
import type { Engine } from "../lib/engine";
import { nodeOf } from "../lib/kind";
import { startNode, stopNode } from "../lib/node";
import { parseMetrics, sumOf } from "../lib/prometheus";
import { failureOf } from "../lib/pulumi-fault";
import { type Patience, waitUntil } from "../lib/wait";
import { type Kube, type Part, PARTS } from "./kube";
import type { ReadPage } from "./meter";
import type { EndSignal, NodeShell } from "./node-shell";
import { readSecondWrite, restoreSecondWrite } from "./second-write";
import type { Change, Undo } from "./undo";

/** What a running stack is broken and mended with. */
export interface LiveTools {
  engine: Pick<Engine, "set" | "up">;
  /** What scripts/kind-cluster.sh was given for the cluster. */
  cluster: Record<string, string>;
  kube: Kube;
  shell: NodeShell;
  undo: Undo;
  /** As `npm run up` waits in the end. */
  untilInEffect: (destination: SumoDestination) => Promise<void>;
  /** The stack's settings. */
  settingsFile: string;
  tell: (text: string) => void;
}

const SOON: Patience = { withinMs: 120_000, everyMs: 250 };
/** A killed program that was killed before is started again only after a while. */
const READY_AGAIN: Patience = { withinMs: 300_000, everyMs: 500 };

/** A running stack, and how each of its parts is broken and mended. */
export class LiveStack {
  private readonly podNames = new Map<Part, string>();

  constructor(readonly tools: LiveTools) {}

  /** Reads a part's page, of the pod that it was read from last while that one answers. */
  readonly readPage: ReadPage = async (part) => {
    const { kube } = this.tools;
    const known = this.podNames.get(part);
    if (known !== undefined) {
      const page = await kube.page(part, known).catch(() => undefined);
      if (page !== undefined) return page;
      this.podNames.delete(part);
    }
    const { name } = (await kube.pod(part)).metadata;
    const page = await kube.page(part, name);
    this.podNames.set(part, name);
    return page;
  };

  /** What is not ready; undefined: every part is. */
  async notReady(parts = Object.keys(PARTS) as Part[]): Promise<string | undefined> {
    const missing = await Promise.all(parts.map((part) => this.tools.kube.notReady(part)));
    return missing.find((one) => one !== undefined);
  }

  /** Whether more than so many bytes wait in Alloy's queues, all of them together. */
  async backlog(mayWait: number): Promise<string | undefined> {
    const waiting = sumOf(parseMetrics(await this.readPage("alloy")), "otelcol_exporter_queue_size");
    return waiting <= mayWait ? undefined : `${waiting} bytes wait in Alloy's queues`;
  }

  async kill(part: Part, signal: EndSignal): Promise<void> {
    const { metadata, status } = await this.tools.kube.pod(part);
    const container = status.containerStatuses?.find(({ name }) => name === PARTS[part].container);
    if (!container?.containerID) throw new Fault(`${metadata.name} has no container to end.`);
    await this.tools.shell.kill(container.containerID, signal);
  }

  async keepAway(parts: readonly Part[], whileAway: () => Promise<void>): Promise<void> {
    const { kube, undo } = this.tools;
    undo.note({ what: "no-starts" });
    await kube.letPodsStart(false);
    await Promise.all(parts.map((part) => kube.deletePod(part)));
    await whileAway();
    await undo.putBack(this.putBack, ({ what }) => what === "no-starts");
  }

  async editAlloy(edit: (text: string) => string): Promise<void> {
    const text = await this.alloyText();
    this.tools.undo.note({ what: "config", text });
    await this.setAlloyText(edit(text));
  }

  /** Has the second path lead to an address, as a user does, from the next `up` on. */
  async setEndpoint(url: string): Promise<void> {
    const { engine, settingsFile: file, undo } = this.tools;
    const noted = undo.changes.find((change) => change.what === "settings");
    const before = noted?.before ?? readSecondWrite(file);
    undo.note({ what: "settings", file, before });
    await engine.set("sumoEndpoint", url, { secret: true });
    undo.note({ what: "settings", file, before, ours: readSecondWrite(file).sumoEndpoint });
  }

  /** As a user does: by the setting and `up`. @returns milliseconds from the end of `up` until it was in effect */
  async setSecondWrite(enabled: boolean, beforeUp = () => {}): Promise<number> {
    await this.tools.engine.set("sumoEnabled", String(enabled), { secret: false });
    beforeUp();
    await this.up();
    const upAt = performance.now();
    await this.tools.untilInEffect(enabled ? "sumo" : "off");
    return performance.now() - upAt;
  }

  /** Brings the stack to what its settings say. @throws Fault that says what keeps it from it */
  async up(): Promise<void> {
    const errors: string[] = [];
    const onEvent = ({ diagnosticEvent: said }: EngineEvent) => {
      if (said?.severity === "error") errors.push(said.message.trim());
    };
    await this.tools.engine.up({ onEvent }).catch((error: Error) => {
      throw failureOf(error, errors);
    });
  }

  async restartNode(): Promise<void> {
    const { cluster, undo } = this.tools;
    undo.note({ what: "node" });
    await stopNode(cluster);
    await undo.putBack(this.putBack, ({ what }) => what === "node");
  }

  async suspendNode(whileAway: () => Promise<void>): Promise<void> {
    const { cluster, undo } = this.tools;
    undo.note({ what: "node" });
    await docker("pause", nodeOf(cluster));
    await whileAway();
    await undo.putBack(this.putBack, ({ what }) => what === "node");
  }

  async shrinkVolume(part: Part, spareMiB: number): Promise<void> {
    const folder = await this.volumeOf(part);
    this.tools.undo.note({ what: "volume", part, folder });
    await this.whileGone(part, () => this.tools.shell.mountSmall(folder, spareMiB));
  }

  /** Has Mimir's ingester write all it holds to the shared blocks. */
  async shipBlocks(): Promise<void> {
    await this.tools.kube.tell("mimir-ingester", "/ingester/flush");
    await this.until(async () => {
      const samples = parseMetrics(await this.readPage("mimir-ingester"));
      const held = sumOf(samples, "cortex_ingester_memory_series");
      if (held > 0) return `the ingester holds ${held} series in memory`;
      const unshipped = sumOf(samples, "cortex_ingester_oldest_unshipped_block_timestamp_seconds");
      return unshipped > 0 ? "the ingester has blocks that are not shipped" : undefined;
    }, SOON);
  }

  /** Has a part's pod start anew with nothing on its volume. What it alone held is gone for good. */
  async loseVolume(part: Part): Promise<void> {
    const folder = await this.volumeOf(part);
    await this.whileGone(part, () => this.tools.shell.wipe(folder));
  }

  async volumeOf(part: Part): Promise<string> {
    const { claim } = PARTS[part] as { claim?: string };
    if (claim === undefined) throw new Fault(`${part} has no volume.`);
    return this.tools.kube.volumeOf(claim);
  }

  /** Puts back what was changed. */
  readonly putBack = async (change: Change): Promise<void> => {
    const { cluster, kube, shell, tell } = this.tools;
    switch (change.what) {
      case "settings":
        if (!restoreSecondWrite(change))
          return tell(
            `Leaving sumoEndpoint in ${path.basename(change.file)}: somebody has set another since`,
          );
        tell("Putting sumoEndpoint and sumoEnabled back");
        return this.up();
      case "config":
        return this.setAlloyText(change.text);
      case "no-starts":
        return kube.letPodsStart(true);
      case "node":
        return startNode(cluster, () => undefined);
      case "volume":
        return this.whileGone(change.part, () => shell.unmountSmall(change.folder));
    }
  };

  async until(missing: () => Promise<string | undefined>, patience: Patience): Promise<void> {
    const stuck = await waitUntil(missing, patience);
    if (stuck !== undefined) throw new Fault(`Waited ${patience.withinMs / 1_000} s, and still ${stuck}.`);
  }

  /** Has a part's pod away, and waits until it is gone before something is done, and until it is ready again. */
  async whileGone(part: Part, body: () => Promise<void>): Promise<void> {
    await this.keepAway([part], async () => {
      await this.until(async () => {
        const { length } = (await this.tools.kube.pods(part)).filter(({ status }) =>
          status.containerStatuses?.some(({ containerID }) => containerID !== undefined),
        );
        return length === 0 ? undefined : `${part} is there`;
      }, SOON);
      await body();
    });
    await this.until(() => this.notReady([part]), READY_AGAIN);
  }

  private async alloyText(): Promise<string> {
    const text = (await this.tools.kube.configMap(ALLOY.configMap))[ALLOY.configKey];
    if (text === undefined) throw new Fault(`ConfigMap ${ALLOY.configMap} has no ${ALLOY.configKey}.`);
    return text;
  }

  /** Waits until Alloy goes by it. */
  private async setAlloyText(text: string): Promise<void> {
    if (text === (await this.alloyText())) return;
    const loadedAt = async () =>
      sumOf(parseMetrics(await this.readPage("alloy")), "alloy_config_last_load_success_timestamp_seconds");
    const before = await loadedAt();
    await this.tools.kube.setConfigMap(ALLOY.configMap, { [ALLOY.configKey]: text });
    await this.until(
      async () => ((await loadedAt()) > before ? undefined : "Alloy goes by its former configuration"),
      SOON,
    );
  }
}
