import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import type { Signal } from "./options";
import { ATTEMPT_TIMEOUT_MS, type Refusal, type Target, type Transport } from "./transport";

/** What the exporters put into an error: an HTTP status with the body of the answer, or the system's own code. */
type HttpError = Error & { code?: unknown; data?: unknown };

/** Errors of the connection that may pass. */
const RETRYABLE = [
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "ENETUNREACH",
];
const MAX_REASON_LENGTH = 200;

/** OTLP over HTTP, as protocol buffers. */
export const HTTP: Transport = {
  newExporter: {
    traces: (target) => new OTLPTraceExporter(configOf(target, "traces")),
    metrics: (target) => new OTLPMetricExporter(configOf(target, "metrics")),
    logs: (target) => new OTLPLogExporter(configOf(target, "logs")),
  },
  /** The exporters give 429, 502, 503 and 504 no code at all: those are what OTLP says to send again. */
  isRetryable({ code }: HttpError): boolean {
    return code === undefined || (typeof code === "string" && RETRYABLE.includes(code));
  },
  reasonOf({ message, code, data }: HttpError): string {
    if (typeof code === "number") return statusReason(code, message, typeof data === "string" ? data : "");
    return message === "Export failed with retryable status" ? "HTTP 429, 502, 503 or 504" : message;
  },
  /** Without the exporter, which would try again for seconds before it tells. */
  async refusalOf(target, signal) {
    try {
      const answer = await fetch(urlOf(target, signal), {
        method: "POST",
        headers: { ...target.headers, "content-type": "application/x-protobuf" },
        body: new Uint8Array(), // protocol buffers for an export of nothing
        redirect: "manual",
        signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
      });
      return refusalIn(answer.status, statusReason(answer.status, answer.statusText, await answer.text()));
    } catch (error) {
      return { kind: "no receiver", reason: rootOf(error as Error) };
    }
  },
};

function configOf(target: Target, signal: Signal) {
  return { url: urlOf(target, signal), headers: target.headers, timeoutMillis: ATTEMPT_TIMEOUT_MS };
}

function urlOf({ endpoint }: Target, signal: Signal): string {
  return `${endpoint}/v1/${signal}`;
}

function refusalIn(status: number, reason: string): Refusal | undefined {
  // Loki takes logs but not none of them: 422 (loki#13706), as others may say 400. So it understood.
  if (status < 300 || status === 400 || status === 422) return undefined;
  if (status === 401 || status === 403) return { kind: "not allowed", reason };
  return {
    kind: status === 404 || status === 405 || status === 501 ? "unknown signal" : "no receiver",
    reason,
  };
}

function statusReason(status: number, text: string, body: string): string {
  const readable = /^[\x20-\x7e\s]+$/.test(body) && !body.startsWith("<"); // not protocol buffers, no HTML
  const said = readable ? `: ${body.trim().replace(/\s+/g, " ")}` : "";
  return `HTTP ${status} ${text}${said}`.trim().slice(0, MAX_REASON_LENGTH);
}

/** fetch tells what went wrong in the cause of its error only. */
function rootOf({ message, cause }: Error): string {
  return cause === undefined ? message : rootOf(cause as Error);
}
