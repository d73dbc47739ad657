import type { ScenarioName } from "./scenario";

export const SIGNALS = ["traces", "metrics", "logs"] as const;
export type Signal = (typeof SIGNALS)[number];

export const PROTOCOLS = ["grpc", "http"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** What one run is asked to do. */
export interface Options {
  protocol: Protocol;
  /** gRPC: `host:port`; HTTP: the URL before `/v1/traces`. */
  endpoint: string;
  /** Sent with every export; names in lower case. */
  headers: Record<string, string>;
  signals: Signal[];
  /** Requests per second. */
  rate: number;
  /** Requests in flight at most; without it, no limit. */
  concurrency?: number;
  /** How long to send; without it and without `requests`, until stopped. */
  durationMs?: number;
  /** Stop after so many requests. */
  requests?: number;
  scenario: ScenarioName;
  /** Share of requests that fail, 0 to 1. */
  errorShare: number;
  /** Same seed, same sequence of requests. */
  seed: number;
  quiet: boolean;
  json: boolean;
}
