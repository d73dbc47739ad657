import type { Finding } from "../lib/finding";

/** One line of the screen. */
export interface Line extends Finding {
  /** The part of the screen that it belongs to. */
  area: "cluster" | "parts" | "pods" | "volumes" | "addresses" | "paths";
  /** The same in numbers, for machines. */
  data?: Record<string, unknown>;
}

/** Bytes as people read them. */
export function inMiB(bytes: number): string {
  const MiB = bytes / 2 ** 20;
  return MiB >= 1024 ? `${(MiB / 1024).toFixed(1)} GiB` : `${MiB.toFixed(MiB < 10 && MiB > 0 ? 1 : 0)} MiB`;
}

/** @param quantity bytes as Kubernetes writes them, such as 256Mi; undefined when it is none */
export function bytesIn(quantity: string | undefined): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(quantity ?? "") ?? [];
  const bytes = Number(number) * (UNITS[unit] ?? NaN);
  return Number.isNaN(bytes) ? undefined : bytes;
}
const UNITS: Record<string, number> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};
