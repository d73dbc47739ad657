import * as fs from "node:fs";
import * as path from "node:path";
import type { Component } from "../versions";
import { ADDRESS, NAMESPACE } from "../values/shared";
import { EXPORTER, secondExporter } from "./labels";
import { OWN_METRICS } from "./own-metrics";

/** What Alloy's configuration depends on. */
export interface PipelineSettings {
  /** Backends that this stack runs; a path whose backend is out is left out. */
  components: ReadonlySet<Component>;
  /** Whether everything is written a second time. */
  secondPath: boolean;
}

/** The local paths: which signal goes to which backend. All are alike: `local.alloy`. */
const LOCAL_PATHS = [
  { name: "tempo", signal: "traces", endpoint: ADDRESS.tempoOtlp },
  { name: "mimir", signal: "metrics", endpoint: ADDRESS.mimirOtlp },
  { name: "loki", signal: "logs", endpoint: ADDRESS.lokiOtlp },
] as const;

/**
 * Alloy's configuration: `ingest.alloy`, `local.alloy` for each backend, `sumo.alloy` with `sumo-signal.alloy` for each
 * signal, and the stack's own telemetry, with the words in capitals filled in. The same settings give the same text, and
 * `alloy fmt` leaves it as it is.
 */
export function alloyConfig({ components, secondPath }: PipelineSettings): string {
  const local = LOCAL_PATHS.filter(({ name }) => components.has(name));
  const consumers = (signal: string) =>
    [...local.filter((p) => p.signal === signal).map((p) => p.name), ...(secondPath ? ["sumo"] : [])]
      .map((name) => `otelcol.processor.batch.${name}.input`)
      .join(", ");
  const parts = [
    fill(read("ingest"), {
      TRACES: `[${consumers("traces")}]`,
      METRICS: `[${consumers("metrics")}]`,
      LOGS: `[${consumers("logs")}]`,
    }),
    ...local.map(({ name, signal, endpoint }) =>
      fill(read("local"), { BACKEND: name, SIGNAL: signal, ENDPOINT: `"${endpoint}"` }),
    ),
    ...(secondPath ? [read("sumo"), ...LOCAL_PATHS.map(({ signal }) => toSumo(signal))] : []),
    ...ownTelemetry(components),
  ];
  return parts.join("\n");
}

function toSumo(signal: string): string {
  return fill(read("sumo-signal"), { SIGNAL: signal, NAME: secondExporter(signal) });
}

/** What the stack tells of itself goes to its own backends, on paths of its own that never meet the users'. */
function ownTelemetry(components: ReadonlySet<Component>): string[] {
  const [metrics, logs] = [components.has("mimir"), components.has("loki")];
  const NAMESPACES = `["${NAMESPACE}"]`;
  return [
    ...(metrics || logs ? [fill(read("own-pods"), { NAMESPACES })] : []),
    ...(metrics
      ? [
          fill(read("own-metrics"), {
            ENDPOINT: `"${ADDRESS.mimirRemoteWrite}"`,
            METRICS: `"${OWN_METRICS.join("|")}"`,
            EXPORTER: JSON.stringify(EXPORTER),
            KEPT: `"up;|.+;${NAMESPACE}"`,
          }),
        ]
      : []),
    ...(logs ? [fill(read("own-logs"), { ENDPOINT: `"${ADDRESS.lokiPush}"`, NAMESPACES })] : []),
  ];
}

/** Configuration of the stand-in for Sumo Logic. */
export function standInConfig(): string {
  return read("sumo-stand-in");
}

function read(name: string): string {
  return fs.readFileSync(path.join(__dirname, `${name}.alloy`), "utf8");
}

/** Puts values in the place of words. @throws Error for a word that the text does not have */
function fill(text: string, words: Record<string, string>): string {
  return Object.entries(words).reduce((filled, [word, value]) => {
    const places = new RegExp(`\\b${word}\\b`, "g");
    if (!places.test(filled)) throw new Error(`There is no ${word} to fill in.`);
    return filled.replace(places, value);
  }, text);
}
