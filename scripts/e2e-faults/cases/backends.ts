import type { Signal } from "../../lib/otlp";
import { type Part, PARTS } from "../kube";

const KEEPS = {
  tempo: "traces",
  loki: "logs",
  "mimir-ingester": "metrics",
  "mimir-distributor": "metrics",
} satisfies Partial<Record<Part, Signal>>;

/** The parts that keep a signal. */
export const BACKENDS = (Object.keys(KEEPS) as (keyof typeof KEEPS)[]).map((part) => ({
  part,
  signal: KEEPS[part],
  ...PARTS[part],
}));
