import type { Range } from "../lib/query/range";

/** The query languages, by the type of data source that speaks them. */
export type Language = "prometheus" | "loki" | "tempo";

/** What stands in a variable's place: a text as it is, or what a person chose, which each language joins its own way. */
export type Value = string | { chosen: string[] };
export type Values = Record<string, Value>;

const VARIABLE = /\$\{([\w.]+)(?::(\w+))?\}|\$([a-zA-Z_]\w*)/g;

/**
 * A text with its variables filled in, as Grafana does it for a query of that language.
 * @throws Error on a variable that nobody fills in, or a format that is none of Grafana's
 */
export function expand(text: string, values: Values, language: Language): string {
  return text.replace(VARIABLE, (variable, braced?: string, format?: string, bare?: string) => {
    const value = values[(braced ?? bare)!];
    if (value === undefined) throw new Error(`nobody fills in ${variable} of ${text}`);
    if (typeof value === "string") return value;
    const join = format === undefined ? JOINED[language] : FORMATS[format];
    if (join === undefined) throw new Error(`verify does not know the format of ${variable} in ${text}`);
    return join(value.chosen);
  });
}

/** Several values where a query does not say how: within the quotes of a regular expression. */
const JOINED: Record<Language, (chosen: string[]) => string> = {
  prometheus: (chosen) => grouped(chosen.map(quotedPattern)),
  loki: (chosen) => chosen.map(quotedPattern).join("|"),
  tempo: (chosen) => chosen.map(quotedPattern).join("|"),
};

/** Several values where it does: `${name:format}`. */
const FORMATS: Record<string, (chosen: string[]) => string> = {
  regex: (chosen) => grouped(chosen.map(pattern)),
  pipe: (chosen) => chosen.join("|"),
  csv: (chosen) => chosen.join(","),
  raw: (chosen) => chosen.join(","),
  doublequote: (chosen) => chosen.map((one) => JSON.stringify(one)).join(","),
};

function grouped(patterns: string[]): string {
  return patterns.length === 1 ? patterns[0]! : `(${patterns.join("|")})`;
}

function pattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** A pattern whose backslashes survive the quotes around it. */
function quotedPattern(text: string): string {
  return text.replace(/\\/g, "\\\\\\\\").replace(/[$^*{}[\]'+?.()|]/g, "\\\\$&");
}

/** Points that Grafana asks for where a panel is about as wide as a screen. */
const POINTS = 1_000;
/** How often Grafana takes it that values come where a data source does not say. */
const SCRAPED_EVERY: Record<Language, string> = { prometheus: "15s", loki: "1s", tempo: "1s" };

/** Grafana's own variables, for a query over that range. */
export interface BuiltIns {
  values: Values;
  /** Seconds between two points of a graph. */
  stepS: number;
}

/** @param timeInterval how often values come, as the data source says */
export function builtIns(
  { fromMs, toMs }: Range,
  language: Language,
  timeInterval = SCRAPED_EVERY[language],
): BuiltIns {
  const rangeS = Math.round((toMs - fromMs) / 1000);
  const scrapedS = seconds(timeInterval);
  const stepS = Math.max(scrapedS, Math.ceil(rangeS / POINTS));
  const values = {
    __interval: `${stepS}s`,
    __interval_ms: String(stepS * 1000),
    __auto: `${stepS}s`,
    __rate_interval: `${Math.max(stepS + scrapedS, 4 * scrapedS)}s`,
    __range: `${rangeS}s`,
    __range_s: String(rangeS),
    __range_ms: String(rangeS * 1000),
    __from: String(fromMs),
    __to: String(toMs),
  };
  return { values, stepS };
}

const UNIT_S: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** A time such as `-5m`, `15s` or `2h` in seconds. @throws Error on anything else */
export function seconds(text: string): number {
  const [, sign = "", amount, unit = ""] = /^(-?)(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const value = Number(amount) * (UNIT_S[unit] ?? NaN);
  if (Number.isNaN(value)) throw new Error(`"${text}" is no time such as 15m`);
  return sign === "-" ? -value : value;
}

/** A dashboard's time (`now-15m`, `now`, a date) in milliseconds. @throws Error on anything else */
export function momentOf(text: string, nowMs: number): number {
  if (text === "now") return nowMs;
  if (text.startsWith("now")) return nowMs + seconds(text.slice("now".length)) * 1000;
  const moment = Date.parse(text);
  if (Number.isNaN(moment)) throw new Error(`"${text}" is no time such as now-15m`);
  return moment;
}
