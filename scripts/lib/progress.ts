import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";
import type { PodNews } from "./cluster";
import { elapsed, howMuch, type Screen } from "./screen";
import { waitingReleases } from "./waiting";

/** What the engine tells of a plug-in that it fetches; the SDK's types do not have it yet. */
interface Fetching {
  progressEvent?: { id: string; message: string; received: number; total: number; done: boolean };
}

/** The steps that take time; all else is made in a moment. */
const STEPS: Record<string, (name: string) => string> = {
  "command:local:Command": () => "cluster",
  "kubernetes:helm.sh/v3:Release": (name) => name.replace(/-release$/, ""),
};

const DONE: Partial<Record<OpType, string>> = {
  create: "ready",
  "create-replacement": "made anew",
  update: "changed",
  delete: "removed",
};

/** The cluster is asked for its pods only when an installation takes longer than this, and no more often. */
const ASK_EVERY_MS = 8_000;

/** Tells what the engine does, as it does it. */
export class Progress {
  /** When each step that is under way began. */
  private readonly running = new Map<string, number>();
  /** What the engine and the tools called an error. */
  readonly errors: string[] = [];
  private saying = "";
  private finished = 0;
  /** Plug-ins on their way, and how far they are. */
  private readonly fetching = new Map<string, string>();
  private readonly beganAt = Date.now();
  private readonly timer: NodeJS.Timeout;
  private askedAt = Date.now();
  /** What keeps a release, where that is known. */
  private readonly reasons = new Map<string, string>();
  private readPods?: () => Promise<PodNews>;

  /** @param pods makes a reader of the pods, once there is a cluster to ask; undefined: they are not asked for */
  constructor(
    private readonly screen: Screen,
    private readonly pods?: () => () => Promise<PodNews>,
    everyMs = 1_000,
  ) {
    this.timer = setInterval(() => this.tick(), everyMs);
  }

  readonly onEvent = (event: EngineEvent & Fetching): void => {
    const { resourcePreEvent: begun, resOutputsEvent: done, diagnosticEvent: said, progressEvent } = event;
    if (progressEvent) this.fetches(progressEvent);
    if (begun) this.began(begun.metadata.urn, begun.metadata.op);
    if (done) this.ended(done.metadata.urn, done.metadata.op);
    if (said?.severity === "error") this.errors.push(plain(said.message));
    else if (said && /:Command::/.test(said.urn ?? "")) this.says(plain(said.message));
  };

  stop(): void {
    clearInterval(this.timer);
    this.screen.clear();
  }

  private began(urn: string, op: OpType): void {
    const step = stepOf(urn);
    if (step === undefined || !(op in DONE)) return;
    if (this.running.size === 0) this.askedAt = Date.now();
    this.running.set(step, Date.now());
  }

  private ended(urn: string, op: OpType): void {
    const step = stepOf(urn);
    const began = step === undefined ? undefined : this.running.get(step);
    if (step === undefined || began === undefined) return;
    this.running.delete(step);
    this.finished++;
    this.screen.line(`${elapsed(this.beganAt)}  ${step.padEnd(14)} ${DONE[op] ?? op}`);
  }

  /**
   * kind's own progress: "Ensuring node image (…) ..." while Docker pulls it. It ends in dots, our script's own words in one;
   * what kind says when it is done, advice and good wishes, ends otherwise.
   */
  private says(text: string): void {
    const line = text.replace(/[^\x20-\x7e…]/g, "").trim();
    if (line.endsWith(".")) this.saying = line;
  }

  private fetches({ id, message, received, total, done }: NonNullable<Fetching["progressEvent"]>): void {
    if (done) this.fetching.delete(id);
    else this.fetching.set(id, `${message}: ${howMuch(received, total)}`);
  }

  private tick(): void {
    if (this.fetching.size > 0) this.status([...this.fetching.values()].join(", "));
    if (this.running.size === 0) return;
    this.status(this.running.has("cluster") ? `cluster: ${this.saying || "checking"}` : this.waiting());
    if (Date.now() - this.askedAt > ASK_EVERY_MS && !this.running.has("cluster")) void this.ask();
  }

  /** Those first of which there is more to say than their name, since a terminal may cut the rest off. */
  private waiting(): string {
    const steps = [...this.running.keys()];
    const told = steps.filter((step) => this.reasons.has(step));
    const rest = steps.filter((step) => !this.reasons.has(step));
    const names = [...told.map((step) => `${step} (${this.reasons.get(step)})`), ...rest];
    return `${this.finished} of ${this.finished + steps.length} done, waiting for ${names.join(", ")}`;
  }

  private status(what: string): void {
    this.screen.status(`${elapsed(this.beganAt)}  ${what}`);
  }

  /** Asks the pods what they wait for. */
  private async ask(): Promise<void> {
    this.askedAt = Date.now();
    try {
      this.readPods ??= this.pods?.();
      if (this.readPods === undefined) return;
      const { pods, pulling } = await this.readPods();
      this.reasons.clear();
      for (const [release, why] of waitingReleases(pods, pulling)) this.reasons.set(release, why);
    } catch {
      this.readPods = undefined; // not to be reached yet
    }
  }
}

function stepOf(urn: string): string | undefined {
  const [, , types = "", name = ""] = urn.split("::");
  return STEPS[types.split("$").pop() ?? ""]?.(name);
}

/** Without the engine's marks for colours. */
function plain(text: string): string {
  return text.replace(/<\{%.*?%\}>/g, "").trim();
}
