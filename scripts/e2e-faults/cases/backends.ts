import type { Signal } from "../../lib/otlp";
import type { Part } from "../kube";

/** The parts that keep a signal, each with that signal and its container. */
export const BACKENDS: { part: Part; signal: Signal; container: string; title: string }[] = [
  { part: "tempo", signal: "traces", container: "tempo", title: "Tempo" },
  { part: "loki", signal: "logs", container: "loki", title: "Loki" },
  { part: "mimir-ingester", signal: "metrics", container: "ingester", title: "Mimir's ingester" },
  { part: "mimir-distributor", signal: "metrics", container: "distributor", title: "Mimir's distributor" },
];
