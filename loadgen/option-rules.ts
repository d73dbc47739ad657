import {
  numberBetween,
  oneOf,
  readDuration,
  readGrpcEndpoint,
  readHeaders,
  readHttpEndpoint,
  readShare,
  readSignals,
  wholeNumberBetween,
} from "./option-readers";
import { PROTOCOLS, SIGNALS, type Protocol } from "./options";
import { SCENARIOS, type ScenarioName } from "./scenario";

const MAX_RATE = 100_000;
const MAX_CONCURRENCY = 100_000;
/** The seed is a number of 32 bits. */
export const MAX_SEED = 2 ** 32 - 1;
const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[];

/** One option that takes a value: how it is read, and how a person is told what it takes. */
export interface Rule<T> {
  read: (text: string) => T | undefined;
  allowed: string;
  example: string;
  help: string;
  /** What was given may not be shown. */
  secret?: true;
}

/** What `--endpoint` takes, for each protocol. */
export const ENDPOINT: Record<Protocol, Rule<string>> = {
  grpc: {
    read: readGrpcEndpoint,
    allowed: "the host:port of an OTLP gRPC receiver without TLS",
    example: "localhost:4317",
    help: "OTLP receiver (default localhost:4317; for http http://localhost:4318)",
  },
  http: {
    read: readHttpEndpoint,
    allowed: "the URL of an OTLP HTTP receiver, without /v1/traces",
    example: "http://localhost:4318",
    help: "OTLP receiver",
  },
};

/** What every other option with a value takes. */
export const RULES = {
  protocol: {
    read: oneOf(PROTOCOLS),
    allowed: PROTOCOLS.join(" or "),
    example: "http",
    help: "OTLP over grpc (default) or http",
  },
  headers: {
    read: readHeaders,
    allowed: "name=value pairs, separated by commas",
    example: "x-scope-orgid=shop",
    help: "sent with every export",
    secret: true,
  },
  signals: {
    read: readSignals,
    allowed: `one or more of ${SIGNALS.join(", ")}, separated by commas`,
    example: "traces,logs",
    help: "what to send (default traces,metrics,logs)",
  },
  rate: {
    read: (text: string) => numberBetween(text, Number.MIN_VALUE, MAX_RATE),
    allowed: `requests per second, above 0 and at most ${MAX_RATE}`,
    example: "10",
    help: "requests per second (default 10)",
  },
  concurrency: {
    read: (text: string) => wholeNumberBetween(text, 1, MAX_CONCURRENCY),
    allowed: `a whole number from 1 to ${MAX_CONCURRENCY}`,
    example: "20",
    help: "requests in flight at most (default: no limit)",
  },
  duration: {
    read: readDuration,
    allowed: "a number above 0 with a unit ms, s, m or h",
    example: "30s",
    help: "how long to send (default: until Ctrl-C)",
  },
  requests: {
    read: (text: string) => wholeNumberBetween(text, 1, Number.MAX_SAFE_INTEGER),
    allowed: "a whole number of 1 or more",
    example: "1000",
    help: "stop after so many requests",
  },
  scenario: {
    read: oneOf(SCENARIO_NAMES),
    allowed: `one of ${SCENARIO_NAMES.join(", ")}`,
    example: "spike",
    help: `${SCENARIO_NAMES.join(", ")} (default steady)`,
  },
  errors: {
    read: readShare,
    allowed: "a share from 0% to 100%, or from 0 to 1",
    example: "5%",
    help: "share of requests that fail (default 5%)",
  },
  seed: {
    read: (text: string) => wholeNumberBetween(text, 0, MAX_SEED),
    allowed: `a whole number from 0 to ${MAX_SEED}`,
    example: "42",
    help: "same seed, same requests (default: random, and printed)",
  },
} satisfies Record<string, Rule<unknown>>;

/** Options without a value. */
export const FLAGS = {
  quiet: "no progress line, only the summary",
  json: "the summary as one line of JSON",
  help: "print this",
};

/** Every option that takes a value. */
export const NAMES = ["endpoint", ...Object.keys(RULES)];

/** What `--help` prints. */
export function usage(): string {
  const rules: Record<string, Rule<unknown>> = { endpoint: ENDPOINT.grpc, ...RULES };
  const lines = Object.entries(rules).map(([name, { example, help }]) => [`--${name} ${example}`, help]);
  lines.push(...Object.entries(FLAGS).map(([name, help]) => [`--${name}`, help]));
  const scenarios = Object.entries(SCENARIOS).map(([name, { help }]) => [`  ${name}`, help]);
  return [
    "Sends the traces, metrics and logs of a small shop over OTLP.",
    "",
    "npm run loadgen -- [options]",
    ...lines.map(([option, help]) => `  ${(option ?? "").padEnd(30)} ${help ?? ""}`),
    "",
    "Scenarios; what they tell happens in the middle third of the run, or of every three minutes:",
    ...scenarios.map(([name, help]) => `  ${(name ?? "").padEnd(30)} ${help ?? ""}`),
    "",
    "Exit code: 0 all delivered, 1 something was not, 2 an option is wrong.",
  ].join("\n");
}
