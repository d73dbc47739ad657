import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { ENDPOINT, FLAGS, MAX_SEED, NAMES, RULES, usage, type Rule } from "./option-rules";
import { SIGNALS, type Options, type Protocol } from "./options";

export type Parsed = { options: Options } | { help: string } | { faults: string[] };

const DEFAULT_ENDPOINT: Record<Protocol, string> = { grpc: "localhost:4317", http: "http://localhost:4318" };

/** Reads the command line; names every fault in it, not only the first. */
export function parseOptions(argv: string[]): Parsed {
  const { values, tokens } = parseArgs({
    args: argv,
    strict: false, // strict stops at the first fault, and we name all of them
    tokens: true,
    options: {
      ...Object.fromEntries(NAMES.map((name) => [name, { type: "string" as const }])),
      ...Object.fromEntries(Object.keys(FLAGS).map((name) => [name, { type: "boolean" as const }])),
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return { help: usage() };

  const faults = faultsOfTokens(tokens);
  function read<T>(name: string, rule: Rule<T>): T | undefined {
    if (!(name in values)) return undefined;
    const given = values[name];
    const value = typeof given === "string" ? rule.read(given) : undefined;
    if (value === undefined) {
      const shown = rule.secret ? "what was given" : JSON.stringify(given);
      const what = typeof given === "string" ? `cannot be ${shown}` : "was given no value";
      faults.push(`--${name} ${what}: it takes ${rule.allowed}, for example --${name} ${rule.example}.`);
    }
    return value;
  }

  const protocol = read("protocol", RULES.protocol) ?? "grpc";
  const options: Options = {
    protocol,
    endpoint: read("endpoint", ENDPOINT[protocol]) ?? DEFAULT_ENDPOINT[protocol],
    headers: read("headers", RULES.headers) ?? {},
    signals: read("signals", RULES.signals) ?? [...SIGNALS],
    rate: read("rate", RULES.rate) ?? 10,
    concurrency: read("concurrency", RULES.concurrency),
    durationMs: read("duration", RULES.duration),
    requests: read("requests", RULES.requests),
    scenario: read("scenario", RULES.scenario) ?? "steady",
    errorShare: read("errors", RULES.errors) ?? 0.05,
    seed: read("seed", RULES.seed) ?? randomInt(MAX_SEED + 1),
    quiet: values.quiet === true,
    json: values.json === true,
  };
  return faults.length > 0 ? { faults } : { options };
}

type Tokens = NonNullable<ReturnType<typeof parseArgs>["tokens"]>;

/** What was written that belongs to no option, or to none of ours. */
function faultsOfTokens(tokens: Tokens): string[] {
  return tokens.flatMap((token, i) => {
    const before = tokens[i - 1];
    if (token.kind === "option" && !isKnown(token.name)) {
      return [`${token.rawName} is not an option: the options are ${allOptions()}, for example --rate 10.`];
    }
    if (token.kind === "option" && token.name in FLAGS && token.value !== undefined) {
      return [
        `${token.rawName} takes no value, but was given "${token.value}": write ${token.rawName} alone.`,
      ];
    }
    if (token.kind === "positional" && !(before?.kind === "option" && !isKnown(before.name))) {
      return [`"${token.value}" belongs to no option: write --option value, for example --rate 10.`];
    }
    return [];
  });
}

function isKnown(name: string): boolean {
  return NAMES.includes(name) || name in FLAGS;
}

function allOptions(): string {
  return [...NAMES, ...Object.keys(FLAGS)].map((name) => `--${name}`).join(", ");
}
