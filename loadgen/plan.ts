import type { Attributes, SpanKind } from "@opentelemetry/api";
import type { SeverityNumber } from "@opentelemetry/api-logs";

/** The services a request passes, from the outside in. */
export const SERVICES = ["api-gateway", "order-service", "payment-service"] as const;
export type ServiceName = (typeof SERVICES)[number];

/** What went wrong, where it began. */
export interface Failure {
  type: string;
  message: string;
  stacktrace: string;
}

export interface PlannedLog {
  severity: SeverityNumber;
  body: string;
  attributes?: Attributes;
}

/** An order that a customer tried to place. */
export interface PlannedOrder {
  /** Customer tier and payment method: few values each. */
  dimensions: Attributes;
  /** US dollars. */
  value: number;
  placed: boolean;
}

/** One span to be, with all that happens under it; times are relative, so that a plan fits any moment. */
export interface PlannedSpan {
  service: ServiceName;
  kind: SpanKind;
  name: string;
  attributes: Attributes;
  durationMs: number;
  steps: Step[];
  /** Written as the span ends. */
  logs?: PlannedLog[];
  failed?: boolean;
  /** Set where the error began: there the exception is recorded. */
  failure?: Failure;
  order?: PlannedOrder;
}

/** What a span does, one after the other: work of its own (milliseconds), or a call to a child. */
export type Step = number | PlannedSpan;

export function plannedSpan(span: Omit<PlannedSpan, "durationMs">): PlannedSpan {
  const durationMs = span.steps.reduce<number>((sum, step) => sum + durationOf(step), 0);
  return { ...span, durationMs };
}

export function durationOf(step: Step): number {
  return typeof step === "number" ? step : step.durationMs;
}
