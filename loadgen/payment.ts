import type { Attributes } from "@opentelemetry/api";
import * as semconv from "@opentelemetry/semantic-conventions";
import { outcomeLog, slowLog, work, workOrWait, type Draw } from "./draw";
import type { Fault } from "./faults";
import type { Failure, PlannedSpan } from "./plan";
import type { Route } from "./routes";
import { internalSpan, rpcSpan, serverSpan } from "./spans";

const SERVICE = "payment-service";

/** payment-service's part of a request: where the failing ones begin to fail. */
export function payment(draw: Draw): PlannedSpan {
  const { route, business, fault } = draw;
  return serverSpan({
    service: SERVICE,
    endpoint: route.payment,
    path: draw.pathOf(route.payment),
    status: fault?.status ?? route.payment.status,
    attributes: business,
    steps: [work(draw, 0.4), businessOf(draw), work(draw, 0.3)],
    logs: [],
  });
}

function businessOf(draw: Draw): PlannedSpan {
  const { route, fault, paymentSlowdown } = draw;
  const { durationMs, isSlow } = workOrWait(draw, route.payment.medianMs);
  const answerMs = durationMs * paymentSlowdown + (fault?.waitedMs ?? 0);
  const call = rpcSpan(SERVICE, route.payment.rpc, fault?.providerStatus ?? "OK", answerMs);
  const span = internalSpan(SERVICE, route.payment.work, [work(draw, 0.2), call, work(draw, 0.3)]);
  const logs = isSlow ? [slowLog(draw, "payment provider", call)] : [];
  if (!fault) return { ...span, logs: [...logs, outcomeLog(draw, route.payment.done)] };

  const failure = failureOf(fault, route);
  const body = `${route.payment.work} failed: ${failure.message}`;
  return {
    ...span,
    failed: true,
    failure,
    attributes: { ...span.attributes, [semconv.ATTR_ERROR_TYPE]: failure.type },
    logs: [...logs, outcomeLog(draw, body, exceptionAttributes(failure))],
  };
}

function failureOf({ type, message }: Fault, { payment: { method, route } }: Route): Failure {
  const stacktrace = [
    `${type}: ${message}`,
    "    at ProviderClient.send (/srv/payment-service/provider/client.js:88:13)",
    `    at async ${method} ${route} (/srv/payment-service/routes.js:41:20)`,
  ].join("\n");
  return { type, message, stacktrace };
}

function exceptionAttributes({ type, message, stacktrace }: Failure): Attributes {
  return {
    [semconv.ATTR_EXCEPTION_TYPE]: type,
    [semconv.ATTR_EXCEPTION_MESSAGE]: message,
    [semconv.ATTR_EXCEPTION_STACKTRACE]: stacktrace,
  };
}
