import * as fs from "node:fs";
import * as path from "node:path";
import type { Component } from "../versions";
import { ADDRESS } from "../values/shared";

/** What Alloy's configuration depends on. */
export interface PipelineSettings {
  /** Backends that this stack runs; a path whose backend is out is left out. */
  components: ReadonlySet<Component>;
  /** Whether everything is written a second time. */
  secondPath: boolean;
}

/** The local paths: which signal goes to which backend. Each has a file of its name beside this one. */
const LOCAL_PATHS = [
  { name: "tempo", signal: "TRACES", endpoint: ADDRESS.tempoOtlp },
  { name: "mimir", signal: "METRICS", endpoint: ADDRESS.mimirOtlp },
  { name: "loki", signal: "LOGS", endpoint: ADDRESS.lokiOtlp },
] as const;

/**
 * Alloy's configuration: `ingest.alloy` and one file a path, with the words in capitals filled in.
 * The same settings give the same text, and `alloy fmt` leaves it as it is.
 */
export function alloyConfig({ components, secondPath }: PipelineSettings): string {
  const local = LOCAL_PATHS.filter(({ name }) => components.has(name));
  const consumers = (signal: string) =>
    [...local.filter((p) => p.signal === signal).map((p) => p.name), ...(secondPath ? ["sumo"] : [])]
      .map((name) => `otelcol.processor.batch.${name}.input`)
      .join(", ");
  const parts = [
    fill(read("ingest"), {
      TRACES: `[${consumers("TRACES")}]`,
      METRICS: `[${consumers("METRICS")}]`,
      LOGS: `[${consumers("LOGS")}]`,
    }),
    ...local.map(({ name, endpoint }) => fill(read(name), { ENDPOINT: `"${endpoint}"` })),
    ...(secondPath ? [read("sumo")] : []),
  ];
  return parts.join("\n");
}

/** Configuration of the stand-in for Sumo Logic. */
export function standInConfig(): string {
  return read("sumo-stand-in");
}

function read(name: string): string {
  return fs.readFileSync(path.join(__dirname, `${name}.alloy`), "utf8");
}

function fill(text: string, words: Record<string, string>): string {
  return Object.entries(words).reduce(
    (filled, [word, value]) => filled.replace(` = ${word}\n`, ` = ${value}\n`),
    text,
  );
}
