import { diag, DiagLogLevel, type DiagLogger } from "@opentelemetry/api";

export interface PartialSuccess {
  rejected: number;
  reason?: string;
}

export const NONE_REJECTED: PartialSuccess = { rejected: 0 };

let latest = NONE_REJECTED;

/**
 * The OTLP exporters call an answer that rejects items a success, and tell of the rejection only in the
 * SDK's diagnostic log (otlp-exporter-base's logging-response-handler). So we listen there.
 */
export function watchPartialSuccess(): void {
  const ignore = () => undefined;
  const logger: DiagLogger = { error: ignore, warn: listen, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

/** The rejection in the answer being handled: the exporter reports it right before the export's result. */
export function takePartialSuccess(): PartialSuccess {
  const taken = latest;
  latest = NONE_REJECTED;
  return taken;
}

function listen(message: string, ...details: unknown[]): void {
  const [json] = details;
  if (!message.startsWith("Received Partial Success") || typeof json !== "string") return;
  const answer = JSON.parse(json) as Record<string, unknown>;
  latest = {
    rejected: Number(answer.rejectedSpans ?? answer.rejectedDataPoints ?? answer.rejectedLogRecords ?? 0),
    reason: typeof answer.errorMessage === "string" ? answer.errorMessage : undefined,
  };
}
