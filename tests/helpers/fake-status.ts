import { run } from "../../scripts/status/run";
import type { Line } from "../../scripts/status/line";
import type { Stack } from "../../scripts/lib/stack";
import type { SumoDestination } from "../../settings";
import { datasources } from "../../values/datasources";
import type { Component } from "../../versions";
import { alloyPage, type Counts, type Exporter, type OwnState, standInPage } from "./fake-alloy";
import { FakeCluster } from "./fake-cluster";
import type { FakeAnswer, FakeRequest } from "./fake-http";
import { FakeStack } from "./fake-stack";
import { Memory } from "./memory";

const SENT: Counts = { spans: 100, log_records: 100, metric_points: 100 };
/** What comes between two readings of Alloy's page, of each kind. */
const STEP = 10;

/** What one run of `status` showed. */
export interface Shown {
  code: number;
  out: string;
  err: string;
  /** Of --json. */
  lines: Line[];
}

/** A whole stack in the test's own process, well until a test breaks it. */
export class FakeStatus {
  readonly cluster: FakeCluster;
  /** Exporters of Alloy, by name; a test changes what its page shows of them. */
  readonly exporters: Map<string, Exporter>;
  own: OwnState = { accepted: SENT };
  /** Happens between the first and the second reading of Alloy's page; by default all that comes is sent. */
  between: () => void = () => this.allIsSent();
  /** Happens before each look, the first of which is number 1. */
  beforeLook: (nth: number) => void = () => undefined;
  /** In place of Grafana's own answers. */
  grafana: (request: FakeRequest) => FakeAnswer = () => undefined;
  /** What Docker says of the node. */
  node: string | undefined | Error = "running";
  private readings = 0;
  private looks = 0;

  private constructor(
    readonly fake: FakeStack,
    private readonly components: readonly Component[],
    destination: SumoDestination,
  ) {
    const local = (["tempo", "loki", "mimir"] as const).filter((name) => components.includes(name));
    const second = destination === "off" ? [] : (["sumo"] as const);
    this.exporters = new Map([...local, ...second].map((name) => [name, { name, sent: SENT }]));
    this.cluster = new FakeCluster(
      (service) => (service === "alloy" ? this.page() : standInPage(SENT)),
      [...components, ...(destination === "stand-in" ? ["sumo-stand-in"] : [])],
    );
    fake.override = (uid, request) => this.grafana(request) ?? this.answer(uid, request);
  }

  static async start(
    destination: SumoDestination = "stand-in",
    components: readonly Component[] = ["tempo", "loki", "mimir", "grafana", "alloy"],
  ): Promise<FakeStatus> {
    return new FakeStatus(await FakeStack.start(destination), components, destination);
  }

  stop(): void {
    this.fake.stop();
  }

  get stack(): Stack {
    const { stack } = this.fake;
    return {
      ...stack,
      components: [...this.components],
      cluster: { kubeconfig: "current-context: kind-watchtower\n" },
      grafana: this.components.includes("grafana") ? stack.grafana : undefined,
      otlp: this.components.includes("alloy") ? stack.otlp : undefined,
    };
  }

  /** Everything that comes leaves on each path. */
  allIsSent(names = [...this.exporters.keys()]): void {
    this.comes();
    for (const name of names) {
      const exporter = this.exporters.get(name)!;
      exporter.sent = plus(exporter.sent ?? SENT, STEP);
    }
  }

  /** Something comes in. */
  comes(): void {
    this.own = { ...this.own, accepted: plus(this.own.accepted!, STEP) };
  }

  /** Runs `status` against it. */
  async run(argv: string[] = ["--json"], changes: Partial<Stack> = {}, looks = 1): Promise<Shown> {
    const [out, err] = [new Memory(), new Memory()];
    const { cluster } = this;
    const code = await run(argv, {
      ...{ out, err, looks },
      findStack: () => Promise.resolve({ ...this.stack, ...changes }),
      meansFor: () => {
        this.beforeLook(++this.looks);
        return {
          reader: cluster.reader,
          containerStatus: () =>
            this.node instanceof Error ? Promise.reject(this.node) : Promise.resolve(this.node),
          diskUse: cluster.diskUse,
          rateOverMs: 100,
        };
      },
    });
    const json = argv.includes("--json") && code !== 2 && !argv.includes("--watch");
    const lines = json ? (JSON.parse(out.text) as { lines?: Line[] }).lines : undefined;
    return { code, out: out.text, err: err.text, lines: lines ?? [] };
  }

  /** The lines of --json that are not ok. */
  async amiss(changes: Partial<Stack> = {}): Promise<Line[]> {
    return (await this.run(["--json"], changes)).lines.filter(({ state }) => state !== "ok");
  }

  private page(): string {
    if (this.readings++ % 2 === 1) this.between();
    return alloyPage([...this.exporters.values()], this.own);
  }

  private answer(uid: string, { path }: FakeRequest): FakeAnswer {
    if (path === "/api/health") return { body: '{"database":"ok","version":"13.2.0"}' };
    if (path === "/api/datasources") return { body: JSON.stringify(datasources(new Set(this.components))) };
    if (uid === "") return undefined;
    return { body: JSON.stringify({ status: "success", data: {} }) };
  }
}

function plus(counts: Counts, more: number): Counts {
  return {
    spans: counts.spans + more,
    log_records: counts.log_records + more,
    metric_points: counts.metric_points + more,
  };
}
