import { SIGNALS, type Signal } from "./options";

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A decimal number within bounds, both included. */
export function numberBetween(text: string, min: number, max: number): number | undefined {
  if (!/^\d*\.?\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}

/** The same without a fraction. */
export function wholeNumberBetween(text: string, min: number, max: number): number | undefined {
  return /^\d+$/.test(text) ? numberBetween(text, min, max) : undefined;
}

/** `30s` in milliseconds. */
export function readDuration(text: string): number | undefined {
  const [, amount = "", unit = ""] = /^([\d.]+)(ms|s|m|h)$/.exec(text) ?? [];
  const value = numberBetween(amount, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER);
  return value === undefined ? undefined : value * (UNIT_MS[unit] ?? 1);
}

/** `5%` or `0.05`, from 0 to 1. */
export function readShare(text: string): number | undefined {
  if (!text.endsWith("%")) return numberBetween(text, 0, 1);
  const percent = numberBetween(text.slice(0, -1), 0, 100);
  return percent === undefined ? undefined : percent / 100;
}

/** One word out of a list. */
export function oneOf<W extends string>(words: readonly W[]): (text: string) => W | undefined {
  return (text) => words.find((word) => word === text);
}

/** `traces,logs`, in the order of SIGNALS. */
export function readSignals(text: string): Signal[] | undefined {
  const asked = text.split(",").map((name) => name.trim());
  const known = asked.every((name) => (SIGNALS as readonly string[]).includes(name));
  return known ? SIGNALS.filter((signal) => asked.includes(signal)) : undefined;
}

/** `host:port`, with or without `http://` before it. */
export function readGrpcEndpoint(text: string): string | undefined {
  const [, host = "", port = ""] = /^(?:http:\/\/)?([\w.-]+|\[[0-9a-fA-F:]+\]):(\d+)\/?$/.exec(text) ?? [];
  // Port 80 is left out of a URL, and the exporter then dials gRPC's own default, 443.
  const usable = wholeNumberBetween(port, 1, 65_535) !== undefined && Number(port) !== 80;
  return host !== "" && usable ? `${host}:${Number(port)}` : undefined;
}

/** The URL before `/v1/traces`; `http://` may be left out before `host:port`. */
export function readHttpEndpoint(text: string): string | undefined {
  const full = /^[\w.-]+:\d+(\/|$)/.test(text) ? `http://${text}` : text;
  if (!/^https?:\/\//.test(full) || !URL.canParse(full)) return undefined;
  const { origin, pathname, search, hash, username } = new URL(full);
  const base = pathname.replace(/\/+$/, "");
  const isBase =
    search === "" && hash === "" && username === "" && !/\/v1\/(traces|metrics|logs)$/.test(base);
  return isBase ? origin + base : undefined;
}

/** `name=value,name=value`, values as OTEL_EXPORTER_OTLP_HEADERS has them: a comma in one is %2C. */
export function readHeaders(text: string): Record<string, string> | undefined {
  const pairs = text.split(",").map((pair) => {
    // gRPC sends a name that ends in -bin as bytes, which a text cannot be.
    const [, name, value = ""] = /^\s*([\w.-]+)(?<!-bin)=([\x20-\x7e]*)$/i.exec(pair) ?? [];
    return name && isDecodable(value) ? [name.toLowerCase(), decodeURIComponent(value).trim()] : undefined;
  });
  return pairs.every((pair) => pair !== undefined)
    ? (Object.fromEntries(pairs) as Record<string, string>)
    : undefined;
}

function isDecodable(text: string): boolean {
  return !/%(?![0-7][0-9a-f])/i.test(text);
}
