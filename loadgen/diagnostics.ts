import { AsyncLocalStorage } from "node:async_hooks";
import { diag, DiagLogLevel, type DiagLogger } from "@opentelemetry/api";

/** What an exporter tells of one export beside its result. */
export interface Told {
  /** Items that an otherwise good answer refused (OTLP partial success), and why. */
  rejected: number;
  reason?: string;
  /** How often the exporter itself sent again: the HTTP ones do, for as long as their timeout. */
  retries: number;
}

const exportUnderWay = new AsyncLocalStorage<Told>();

/**
 * The OTLP exporters tell of a rejection (otlp-exporter-base's logging-response-handler) and of retries of their
 * own (its retrying-transport) only in the SDK's diagnostic log. So we listen there.
 */
export function watchDiagnostics(): void {
  const ignore = () => undefined;
  const logger: DiagLogger = {
    error: ignore,
    warn: hearRejection,
    info: ignore,
    debug: ignore,
    verbose: hearRetry,
  };
  diag.setLogger(logger, { logLevel: DiagLogLevel.VERBOSE, suppressOverrideMessage: true });
}

/** Starts an export; what is told of it from then on comes into `told`. */
export function listenTo(told: Told, startExport: () => void): void {
  exportUnderWay.run(told, startExport);
}

function hearRejection(message: string, ...details: unknown[]): void {
  const [json] = details;
  const told = exportUnderWay.getStore();
  if (!told || !message.startsWith("Received Partial Success") || typeof json !== "string") return;
  const answer = JSON.parse(json) as Record<string, unknown>;
  told.rejected = Number(answer.rejectedSpans ?? answer.rejectedDataPoints ?? answer.rejectedLogRecords ?? 0);
  if (typeof answer.errorMessage === "string") told.reason = answer.errorMessage;
}

function hearRetry(message: string): void {
  const told = exportUnderWay.getStore();
  if (told && message.startsWith("Scheduling export retry")) told.retries++;
}
