import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type Span } from "@opentelemetry/api";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { durationOf, type PlannedSpan, type ServiceName } from "./plan";
import type { Service } from "./services";

/** Writes a planned request as telemetry, as if it had just ended. */
export function record(root: PlannedSpan, services: Record<ServiceName, Service>): void {
  recordSpan(root, Date.now() - root.durationMs, ROOT_CONTEXT, services);
}

function recordSpan(
  plan: PlannedSpan,
  startTime: number,
  parent: Context,
  services: Record<ServiceName, Service>,
): void {
  const { tracer, logger, http, orders } = services[plan.service];
  const span = tracer.startSpan(
    plan.name,
    { kind: plan.kind, attributes: plan.attributes, startTime },
    parent,
  );
  const context = trace.setSpan(ROOT_CONTEXT, span);

  let now = startTime;
  for (const step of plan.steps) {
    if (typeof step !== "number") {
      recordSpan(step, now, step.service === plan.service ? context : acrossTheWire(span), services);
    }
    now += durationOf(step);
  }

  for (const { severity, body, attributes } of plan.logs ?? []) {
    const severityText = SeverityNumber[severity];
    logger.emit({ severityNumber: severity, severityText, body, attributes, timestamp: now, context });
  }
  if (plan.failure) {
    const { type, message, stacktrace } = plan.failure;
    span.recordException({ name: type, message, stack: stacktrace }, now);
  }
  // A 5xx tells its reason by itself, so only the place where the error began has a description.
  if (plan.failed) span.setStatus({ code: SpanStatusCode.ERROR, message: plan.failure?.message });
  span.end(now);
  if (plan.kind === SpanKind.SERVER) http?.record(plan);
  if (plan.order) orders?.record(plan.order);
}

/** The caller as the callee sees it: ids out of a `traceparent` header. */
function acrossTheWire(caller: Span): Context {
  return trace.setSpanContext(ROOT_CONTEXT, { ...caller.spanContext(), isRemote: true });
}
