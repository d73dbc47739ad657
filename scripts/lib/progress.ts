import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";
import type { PodNews } from "./cluster";
import { elapsed, type Screen } from "./screen";
import { waitingPods } from "./waiting";

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

  readonly onEvent = (event: EngineEvent): void => {
    const { resourcePreEvent: begun, resOutputsEvent: done, diagnosticEvent: said } = event;
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
    this.screen.line(`${elapsed(this.beganAt)}  ${step.padEnd(14)} ${DONE[op] ?? op}`);
  }

  /** kind's own progress: "Ensuring node image (…)" while Docker pulls it. */
  private says(text: string): void {
    const line = text.replace(/[^\x20-\x7e…]/g, "").trim();
    if (line !== "") this.saying = line;
  }

  private tick(): void {
    if (this.running.size === 0) return;
    const what = this.running.has("cluster")
      ? `cluster: ${this.saying || "checking"}`
      : `waiting for ${[...this.running.keys()].map((step) => step + (this.reasons.get(step) ?? "")).join(", ")}`;
    this.screen.status(`${elapsed(this.beganAt)}  ${what}`);
    if (Date.now() - this.askedAt > ASK_EVERY_MS && !this.running.has("cluster")) void this.ask();
  }

  /** Asks the pods what they wait for. */
  private async ask(): Promise<void> {
    this.askedAt = Date.now();
    try {
      this.readPods ??= this.pods?.();
      if (this.readPods === undefined) return;
      const { pods, pulling } = await this.readPods();
      this.reasons.clear();
      for (const { release, pod, why } of waitingPods(pods, pulling))
        if (why !== undefined) this.reasons.set(release, ` (${pod}: ${why})`);
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
