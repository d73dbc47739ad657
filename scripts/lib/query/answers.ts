import type { Answer } from "../grafana";

/** The result of a Prometheus-like API. @throws Error with what it said instead */
export function resultOf<T>(answer: Answer): T[] {
  const { data } = jsonOf<{ data?: { result?: unknown } }>(answer);
  if (!Array.isArray(data?.result)) throw new Error(told(answer));
  return data.result as T[];
}

/** An answer's JSON. @throws Error with what it said instead */
export function jsonOf<T extends object>(answer: Answer): T {
  if (answer.status !== 200) throw new Error(told(answer));
  try {
    const value: unknown = JSON.parse(answer.body);
    if (typeof value === "object" && value !== null) return value as T;
  } catch {
    // not what such an API says
  }
  throw new Error(told(answer));
}

const SHORT = 120;

/** What was answered, for a person. */
export function told({ status, body }: Answer): string {
  return `it answers ${status} ${body.replace(/\s+/g, " ").slice(0, SHORT)}`.trim();
}
