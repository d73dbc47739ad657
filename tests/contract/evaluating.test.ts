import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { SETTLE_MS } from "../../scripts/compare/comparison";
import { countLocal } from "../../scripts/compare/local";
import { Grafana } from "../../scripts/lib/grafana";
import { PROJECT } from "../../scripts/lib/home";
import type { Stack } from "../../scripts/lib/stack";
import { type Check, settle } from "../../scripts/verify/checks";
import { evaluatingQuestions, writtenQueries } from "../../scripts/verify/evaluating";
import { LOG, METRIC, type Signal, TRACE } from "../../scripts/lib/signals";
import type { DataSource } from "../../scripts/verify/sources";
import { datasources } from "../../values/datasources";
import { COMPONENTS } from "../../versions";
import { Forward } from "../helpers/forward";
import { BACKENDS, RealBackends } from "../helpers/real-backends";
import { toRender } from "../helpers/releases";
import { describeWith, temporaryFolder } from "../helpers/tools";

/** Long enough for span metrics, which come every 15 s, to have grown. */
const LOAD = ["--rate", "25", "--duration", "40s", "--seed", "7"];
const PATIENCE = { withinMs: 45_000, everyMs: 1_000 };

/** What the load generator says of one signal. */
type Delivered = { sent: number; accepted: number };

/** Real programs, as their pods configure them, filled by the real load generator, asked as through Grafana. */
describeWith([...BACKENDS, ...toRender("tempo", "loki", "mimir")], "the real backends after a load", () => {
  let folder: string;
  let backends: RealBackends;
  let doors: Forward[] = [];
  let grafana: Grafana;
  let sent: Record<"traces" | "logs" | "metrics", Delivered>;
  let checks: Check[];
  const fromMs = Date.now() - 10_000;
  const range = () => ({ fromMs, toMs: Date.now() });

  beforeAll(async () => {
    folder = temporaryFolder();
    backends = await RealBackends.start(folder);
    const { tempo, loki, mimir } = backends.otlp;
    const entrance: Record<string, string> = { "/v1/traces": tempo, "/v1/logs": loki, "/v1/metrics": mimir };
    const alloy = await Forward.start((at) => entrance[at] && entrance[at] + at);
    const proxy = await Forward.start((at) => {
      const [, uid = "", rest] = /^\/api\/datasources\/proxy\/uid\/(\w+)(\/.*)$/.exec(at) ?? [];
      return rest && `${backends.query[uid as "tempo"]}${rest}`;
    });
    doors = [alloy, proxy];
    grafana = new Grafana({ grafana: { url: proxy.url, user: "", password: "" } } as Required<Stack>);
    sent = await load(alloy.url);
    const sources = datasources(new Set(COMPONENTS)) as unknown as DataSource[];
    const questions = evaluatingQuestions({ grafana, components: COMPONENTS, range }, sources);
    const allCounted = sleep(SETTLE_MS);
    checks = await settle(questions, PATIENCE, () => undefined);
    await allCounted;
  }, 240_000);

  afterAll(async () => {
    for (const door of doors) door.stop();
    await backends?.stop();
    fs.rmSync(folder, { recursive: true });
  });

  it("answer every query of docs/evaluating-lgtm.md", () => {
    expect(checks.filter(({ state }) => state !== "ok")).toEqual([]);
    expect(checks).toHaveLength(writtenQueries().length);
  });

  it.each<[keyof typeof sent, Signal]>([
    ["traces", TRACE],
    ["logs", LOG],
    ["metrics", METRIC],
  ])("have exactly as many %s as were sent, as compare counts them", async (name, signal) => {
    const counts = await countLocal(grafana, signal, range());
    expect([...counts.keys()].sort()).toEqual(["api-gateway", "order-service", "payment-service"]);
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(sent[name].sent);
  });
});

/** Runs the load generator as a program of its own; tells what it sent. */
async function load(endpoint: string): Promise<Record<"traces" | "logs" | "metrics", Delivered>> {
  const options = ["--protocol", "http", "--endpoint", endpoint, ...LOAD, "--quiet", "--json"];
  const child = spawn(process.execPath, ["--import", "tsx", "loadgen/main.ts", ...options], { cwd: PROJECT });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (out === "") throw new Error(err);
  const { signals, delivered } = JSON.parse(out) as {
    signals: Awaited<ReturnType<typeof load>>;
    delivered: boolean;
  };
  expect(delivered).toBe(true);
  return signals;
}
