import type { Attributes } from "@opentelemetry/api";
import { SeverityNumber } from "@opentelemetry/api-logs";
import * as semconv from "@opentelemetry/semantic-conventions";
import type { Failure, PlannedLog, PlannedSpan } from "./plan";
import type { Random } from "./random";
import { CUSTOMER_TIERS, FAULTS, PAYMENT_METHODS, ROUTES, USER_AGENTS } from "./routes";
import type { Endpoint, Fault, Route } from "./routes";
import { clientSpan, databaseSpan, internalSpan, serverSpan } from "./spans";

/** One request in ~100 meets a slow database, and one in ~100 a slow payment provider. */
const SLOW_SHARE = 0.01;
const SLOW_MEDIAN_MS = 900;
const DATABASE_MEDIAN_MS = 4;

/** What is drawn once for a request and known to all its services. */
interface Draw {
  random: Random;
  route: Route;
  pathOf: (endpoint: Endpoint) => string;
  /** What a person searches for: on every SERVER span and every log. */
  business: Attributes;
  fault?: Fault;
}

/** Draws one request: a trace over all three services, a share of them failed. */
export function planRequest(random: Random, errorShare: number): PlannedSpan {
  const route = random.pick(ROUTES);
  const orderId = `ord-${random.integer(100_000, 999_999)}`;
  const { tier } = random.pick(CUSTOMER_TIERS);
  const { method } = random.pick(PAYMENT_METHODS);
  return gateway({
    random,
    route,
    pathOf: (endpoint) => endpoint.route.replace("{order_id}", orderId),
    business: {
      "customer.tier": tier,
      ...(route.hasOrder ? { "order.id": orderId, "payment.method": method } : {}),
    },
    fault: random.chance(errorShare) ? random.pick(FAULTS) : undefined,
  });
}

function gateway(draw: Draw): PlannedSpan {
  const { random, route, business } = draw;
  const { work } = latencies(random);
  const endpoint = route.gateway;
  const status = statusBehind(endpoint, draw.fault);
  return serverSpan({
    service: "api-gateway",
    endpoint,
    path: draw.pathOf(endpoint),
    status,
    attributes: {
      ...business,
      [semconv.ATTR_USER_AGENT_ORIGINAL]: random.pick(USER_AGENTS).value,
      [semconv.ATTR_CLIENT_ADDRESS]: `203.0.113.${random.integer(1, 254)}`,
    },
    steps: [work(1.2), clientSpan("api-gateway", order(draw), () => work(0.4)), work(0.4)],
    logs: [
      outcome(draw, `${endpoint.method} ${endpoint.route} answered ${status}`, {
        [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: status,
      }),
    ],
  });
}

function order(draw: Draw): PlannedSpan {
  const { random, route, business, fault } = draw;
  const service = "order-service";
  const { work, slow } = latencies(random);
  const isSlow = random.chance(SLOW_SHARE);
  const query = databaseSpan(service, route.order.query, isSlow ? slow() : work(DATABASE_MEDIAN_MS));
  const body = fault
    ? `${route.payment.work} failed: payment-service answered ${fault.status}`
    : route.order.done;
  return serverSpan({
    service,
    endpoint: route.order,
    path: draw.pathOf(route.order),
    status: statusBehind(route.order, fault),
    attributes: business,
    steps: [
      work(0.5),
      internalSpan(service, route.order.work, work(1.5)),
      work(0.2),
      query,
      work(0.2),
      clientSpan(service, payment(draw), () => work(0.4)),
      work(0.5),
    ],
    logs: [...(isSlow ? [slowness(draw, "query", query)] : []), outcome(draw, body)],
  });
}

/** Where the failing requests begin to fail. */
function payment(draw: Draw): PlannedSpan {
  const { random, route, business, fault } = draw;
  const service = "payment-service";
  const { work, slow } = latencies(random);
  const isSlow = !fault && random.chance(SLOW_SHARE);
  const waitedMs = (fault?.waitedMs ?? 0) + (isSlow ? slow() : work(route.payment.medianMs));
  const provider = internalSpan(service, route.payment.work, waitedMs);
  const logs = isSlow ? [slowness(draw, "payment provider", provider)] : [];
  provider.logs = logs;
  if (fault) {
    const failure = failureOf(fault, route);
    provider.failed = true;
    provider.failure = failure;
    provider.attributes[semconv.ATTR_ERROR_TYPE] = failure.type;
    logs.push(
      outcome(draw, `${route.payment.work} failed: ${failure.message}`, exceptionAttributes(failure)),
    );
  } else {
    logs.push(outcome(draw, route.payment.done));
  }
  return serverSpan({
    service,
    endpoint: route.payment,
    path: draw.pathOf(route.payment),
    status: fault?.status ?? route.payment.status,
    attributes: business,
    steps: [work(0.4), provider, work(0.3)],
    logs: [],
  });
}

function latencies(random: Random) {
  return {
    /** Milliseconds; never nothing, or a child would begin with its parent. */
    work: (medianMs: number) => Math.max(0.01, random.logNormal(medianMs, 0.5)),
    slow: () => random.logNormal(SLOW_MEDIAN_MS, 0.5),
  };
}

/** What a caller of payment-service answers: its own status, or that what is behind it failed. */
function statusBehind(endpoint: Endpoint, fault: Fault | undefined): number {
  if (!fault) return endpoint.status;
  return fault.status === 504 ? 504 : 502;
}

function outcome({ business, fault }: Draw, body: string, more?: Attributes): PlannedLog {
  const severity = fault ? SeverityNumber.ERROR : SeverityNumber.INFO;
  return { severity, body, attributes: { ...business, ...more } };
}

function slowness({ business }: Draw, what: string, { durationMs }: PlannedSpan): PlannedLog {
  const body = `slow ${what}: ${Math.round(durationMs)} ms`;
  return { severity: SeverityNumber.WARN, body, attributes: business };
}

function failureOf({ type, message }: Fault, { payment }: Route): Failure {
  const stacktrace = [
    `${type}: ${message}`,
    "    at ProviderClient.send (/srv/payment-service/provider/client.js:88:13)",
    `    at async ${payment.method} ${payment.route} (/srv/payment-service/routes.js:41:20)`,
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
