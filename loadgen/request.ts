import * as semconv from "@opentelemetry/semantic-conventions";
import { USER_AGENTS } from "./customers";
import { drawRequest, outcomeLog, slowLog, work, workOrWait, type Draw } from "./draw";
import type { Fault } from "./faults";
import { payment } from "./payment";
import type { PlannedSpan } from "./plan";
import type { Random } from "./random";
import type { Endpoint } from "./routes";
import type { Conditions } from "./scenario";
import { clientSpan, databaseSpan, internalSpan, serverSpan } from "./spans";

/** Draws one request: a trace over all three services, a share of them failed. */
export function planRequest(random: Random, conditions: Conditions): PlannedSpan {
  return gateway(drawRequest(random, conditions));
}

function gateway(draw: Draw): PlannedSpan {
  const { random, route, business, fault } = draw;
  const service = "api-gateway";
  const endpoint = route.gateway;
  const status = statusBehind(endpoint, fault);
  const answered = `${endpoint.method} ${endpoint.route} answered ${status}`;
  return serverSpan({
    service,
    endpoint,
    path: draw.pathOf(endpoint),
    status,
    attributes: {
      ...business,
      [semconv.ATTR_USER_AGENT_ORIGINAL]: random.pick(USER_AGENTS).value,
      [semconv.ATTR_CLIENT_ADDRESS]: `203.0.113.${random.integer(1, 254)}`,
    },
    steps: [work(draw, 1.2), clientSpan(service, order(draw), () => work(draw, 0.4)), work(draw, 0.4)],
    logs: [outcomeLog(draw, answered, { [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: status })],
  });
}

function order(draw: Draw): PlannedSpan {
  const { route, business, dimensions, orderValue, fault } = draw;
  const service = "order-service";
  const { isSlow, durationMs } = workOrWait(draw, route.order.query.medianMs);
  const query = databaseSpan(service, route.order.query, durationMs);
  const body = fault
    ? `${route.payment.work} failed: payment-service answered ${fault.status}`
    : route.order.done;
  const span = serverSpan({
    service,
    endpoint: route.order,
    path: draw.pathOf(route.order),
    status: statusBehind(route.order, fault),
    attributes: business,
    steps: [
      work(draw, 0.5),
      internalSpan(service, route.order.work, [work(draw, 1.5)]),
      work(draw, 0.2),
      query,
      work(draw, 0.2),
      clientSpan(service, payment(draw), () => work(draw, 0.4)),
      work(draw, 0.5),
    ],
    logs: [...(isSlow ? [slowLog(draw, "query", query)] : []), outcomeLog(draw, body)],
  });
  return route.placesOrder ? { ...span, order: { dimensions, value: orderValue, placed: !fault } } : span;
}

/** What a caller of payment-service answers: its own status, or that what is behind it failed. */
function statusBehind(endpoint: Endpoint, fault: Fault | undefined): number {
  if (!fault) return endpoint.status;
  return fault.status === 504 ? 504 : 502;
}
