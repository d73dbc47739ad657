import type { Attributes } from "@opentelemetry/api";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { CUSTOMER_TIERS, PAYMENT_METHODS } from "./customers";
import type { Fault } from "./faults";
import type { PlannedLog, PlannedSpan } from "./plan";
import type { Random } from "./random";
import { ROUTES, type Endpoint, type Route } from "./routes";
import type { Conditions } from "./scenario";

/** One query in so many, and one call to the payment provider in so many, is slow. */
const SLOW_SHARE = 0.01;
const SLOW_MEDIAN_MS = 900;
const ORDER_MEDIAN_USD = 40;

/** What is drawn once for a request and known to all its services. */
export interface Draw {
  random: Random;
  route: Route;
  pathOf: (endpoint: Endpoint) => string;
  /** What a person searches for: on every SERVER span and every log, as if it travelled as baggage. */
  business: Attributes;
  /** The few values of it that metrics may have. */
  dimensions: Attributes;
  /** US dollars, of an order that is being placed. */
  orderValue: number;
  fault?: Fault;
  /** How many times slower than usual the payment provider is. */
  paymentSlowdown: number;
}

/** Draws what one request is about, and whether it fails. */
export function drawRequest(random: Random, { errorShare, faults, paymentSlowdown }: Conditions): Draw {
  const route = random.pick(ROUTES);
  const orderId = `ord-${random.integer(100_000, 999_999)}`;
  const orderValue = Math.round(random.logNormal(ORDER_MEDIAN_USD, 0.7) * 100) / 100;
  const dimensions = {
    "customer.tier": random.pick(CUSTOMER_TIERS).tier,
    "payment.method": random.pick(PAYMENT_METHODS).method,
  };
  const failureShare = errorShare + errorShare * (1 - errorShare) * route.failureBias;
  return {
    random,
    route,
    pathOf: (endpoint) => endpoint.route.replace("{order_id}", orderId),
    business: {
      ...(route.hasOrder
        ? { ...dimensions, "order.id": orderId }
        : { "customer.tier": dimensions["customer.tier"] }),
      ...(route.placesOrder ? { "order.value": orderValue } : {}),
    },
    dimensions,
    orderValue,
    fault: random.chance(failureShare) ? random.pick(faults) : undefined,
    paymentSlowdown,
  };
}

/** A duration in milliseconds; never nothing, or a child would begin with its parent. */
export function work({ random }: Draw, medianMs: number): number {
  return Math.max(0.01, random.logNormal(medianMs, 0.5));
}

/** The same, but rarely it meets something slow: what parts p99 from p95. */
export function workOrWait(draw: Draw, medianMs: number): { durationMs: number; isSlow: boolean } {
  const isSlow = draw.random.chance(SLOW_SHARE);
  return { isSlow, durationMs: work(draw, isSlow ? SLOW_MEDIAN_MS : medianMs) };
}

/** What a service logs at the end of its part: ERROR when the request failed. */
export function outcomeLog({ business, fault }: Draw, body: string, more?: Attributes): PlannedLog {
  const severity = fault ? SeverityNumber.ERROR : SeverityNumber.INFO;
  return { severity, body, attributes: { ...business, ...more } };
}

/** The warning beside a slow call. */
export function slowLog({ business }: Draw, what: string, { durationMs }: PlannedSpan): PlannedLog {
  const body = `slow ${what}: ${Math.round(durationMs)} ms`;
  return { severity: SeverityNumber.WARN, body, attributes: business };
}
