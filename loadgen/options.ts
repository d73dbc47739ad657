import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

export const SIGNALS = ["traces", "metrics", "logs"] as const;
export type Signal = (typeof SIGNALS)[number];

/** What one run is asked to do. */
export interface Options {
  /** OTLP gRPC receiver, `host:port`. */
  endpoint: string;
  /** Requests per second. */
  rate: number;
  /** How long to send; without it and without `requests`, until stopped. */
  durationMs?: number;
  /** Stop after so many requests. */
  requests?: number;
  signals: Signal[];
  /** Share of requests that fail, 0 to 1. */
  errorShare: number;
  /** Same seed, same sequence of requests. */
  seed: number;
  quiet: boolean;
}

export type Parsed = { options: Options } | { help: string } | { faults: string[] };

const MAX_RATE = 100_000;
const MAX_SEED = 2 ** 32 - 1;
const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** One option that takes a value: how it is read, and how a person is told what it takes. */
interface Rule<T> {
  read: (text: string) => T | undefined;
  allowed: string;
  example: string;
  help: string;
}

const RULES = {
  endpoint: {
    read: readEndpoint,
    allowed: "the host:port of an OTLP gRPC receiver without TLS",
    example: "localhost:4317",
    help: "OTLP gRPC receiver (default localhost:4317)",
  },
  rate: {
    read: (text) => numberBetween(text, Number.MIN_VALUE, MAX_RATE),
    allowed: `requests per second, above 0 and at most ${MAX_RATE}`,
    example: "10",
    help: "requests per second (default 10)",
  },
  duration: {
    read: readDuration,
    allowed: "a number above 0 with a unit ms, s, m or h",
    example: "30s",
    help: "how long to send (default: until Ctrl-C)",
  },
  requests: {
    read: (text) => wholeNumberBetween(text, 1, Number.MAX_SAFE_INTEGER),
    allowed: "a whole number of 1 or more",
    example: "1000",
    help: "stop after so many requests",
  },
  signals: {
    read: readSignals,
    allowed: `one or more of ${SIGNALS.join(", ")}, separated by commas`,
    example: "traces,logs",
    help: "what to send (default traces,metrics,logs)",
  },
  errors: {
    read: readShare,
    allowed: "a share from 0% to 100%, or from 0 to 1",
    example: "5%",
    help: "share of requests that fail (default 5%)",
  },
  seed: {
    read: (text) => wholeNumberBetween(text, 0, MAX_SEED),
    allowed: `a whole number from 0 to ${MAX_SEED}`,
    example: "42",
    help: "same seed, same requests (default: random, and printed)",
  },
} satisfies Record<string, Rule<unknown>>;

type OptionName = keyof typeof RULES;
const NAMES = Object.keys(RULES) as OptionName[];
const FLAGS = { quiet: "no progress line, only the summary", help: "print this" };

export function parseOptions(argv: string[]): Parsed {
  const { values, tokens } = parseArgs({
    args: argv,
    strict: false, // strict stops at the first fault, and we name all of them
    tokens: true,
    options: {
      ...Object.fromEntries(NAMES.map((name) => [name, { type: "string" as const }])),
      quiet: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return { help: usage() };

  const faults: string[] = [];
  tokens.forEach((token, i) => {
    const before = tokens[i - 1];
    if (token.kind === "option" && !isKnown(token.name)) {
      faults.push(
        `${token.rawName} is not an option: the options are ${allOptions()}, for example --rate 10.`,
      );
    } else if (token.kind === "option" && token.name in FLAGS && token.value !== undefined) {
      faults.push(
        `${token.rawName} takes no value, but was given "${token.value}": write ${token.rawName} alone.`,
      );
    } else if (token.kind === "positional" && !(before?.kind === "option" && !isKnown(before.name))) {
      faults.push(`"${token.value}" belongs to no option: write --option value, for example --rate 10.`);
    }
  });

  function read<N extends OptionName>(name: N): ReturnType<(typeof RULES)[N]["read"]> | undefined {
    if (!(name in values)) return undefined;
    const rule: Rule<unknown> = RULES[name];
    const given = values[name];
    const value = typeof given === "string" ? rule.read(given) : undefined;
    if (value === undefined) {
      const what = typeof given === "string" ? `cannot be "${given}"` : "was given no value";
      faults.push(`--${name} ${what}: it takes ${rule.allowed}, for example --${name} ${rule.example}.`);
    }
    return value as ReturnType<(typeof RULES)[N]["read"]> | undefined;
  }

  const options: Options = {
    endpoint: read("endpoint") ?? "localhost:4317",
    rate: read("rate") ?? 10,
    durationMs: read("duration"),
    requests: read("requests"),
    signals: read("signals") ?? [...SIGNALS],
    errorShare: read("errors") ?? 0.05,
    seed: read("seed") ?? randomInt(MAX_SEED + 1),
    quiet: values.quiet === true,
  };
  return faults.length > 0 ? { faults } : { options };
}

export function usage(): string {
  const lines = NAMES.map((name) => [`--${name} ${RULES[name].example}`, RULES[name].help]);
  lines.push(...Object.entries(FLAGS).map(([name, help]) => [`--${name}`, help]));
  return [
    "Sends the traces, metrics and logs of a small shop over OTLP gRPC.",
    "",
    "npm run loadgen -- [options]",
    ...lines.map(([option, help]) => `  ${(option ?? "").padEnd(26)} ${help ?? ""}`),
    "",
    "Exit code: 0 all delivered, 1 something was not, 2 an option is wrong.",
  ].join("\n");
}

function isKnown(name: string): boolean {
  return name in RULES || name in FLAGS;
}

function allOptions(): string {
  return [...NAMES, ...Object.keys(FLAGS)].map((name) => `--${name}`).join(", ");
}

function numberBetween(text: string, min: number, max: number): number | undefined {
  if (!/^\d*\.?\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}

function wholeNumberBetween(text: string, min: number, max: number): number | undefined {
  return /^\d+$/.test(text) ? numberBetween(text, min, max) : undefined;
}

function readDuration(text: string): number | undefined {
  const [, amount = "", unit = ""] = /^([\d.]+)(ms|s|m|h)$/.exec(text) ?? [];
  const value = numberBetween(amount, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER);
  return value === undefined ? undefined : value * (UNIT_MS[unit] ?? 1);
}

function readShare(text: string): number | undefined {
  if (!text.endsWith("%")) return numberBetween(text, 0, 1);
  const percent = numberBetween(text.slice(0, -1), 0, 100);
  return percent === undefined ? undefined : percent / 100;
}

function readSignals(text: string): Signal[] | undefined {
  const asked = text.split(",").map((name) => name.trim());
  const known = asked.every((name) => (SIGNALS as readonly string[]).includes(name));
  return known ? SIGNALS.filter((signal) => asked.includes(signal)) : undefined;
}

function readEndpoint(text: string): string | undefined {
  const [, host = "", port = ""] = /^(?:http:\/\/)?([\w.-]+|\[[0-9a-fA-F:]+\]):(\d+)\/?$/.exec(text) ?? [];
  // Port 80 is left out of a URL, and the exporter then dials gRPC's own default, 443.
  const usable = wholeNumberBetween(port, 1, 65_535) !== undefined && Number(port) !== 80;
  return host !== "" && usable ? `${host}:${Number(port)}` : undefined;
}
