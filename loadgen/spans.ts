import { SpanKind, type Attributes } from "@opentelemetry/api";
import * as semconv from "@opentelemetry/semantic-conventions";
import { plannedSpan, type PlannedSpan, type ServiceName, type Step } from "./plan";
import type { Endpoint, Query } from "./routes";

/** Where each service listens, as its callers see it. */
const ADDRESS: Record<ServiceName, { scheme: "http" | "https"; host: string; port: number }> = {
  "api-gateway": { scheme: "https", host: "shop.example", port: 443 },
  "order-service": { scheme: "http", host: "order-service", port: 8080 },
  "payment-service": { scheme: "http", host: "payment-service", port: 8080 },
};

/** A service answers an HTTP request. */
export interface ServerSpan {
  service: ServiceName;
  endpoint: Endpoint;
  path: string;
  status: number;
  /** Beyond what the HTTP conventions ask for. */
  attributes: Attributes;
  steps: Step[];
  logs: PlannedSpan["logs"];
}

/** The SERVER span; a status of 500 or more makes it an error. */
export function serverSpan({
  service,
  endpoint,
  path,
  status,
  attributes,
  ...rest
}: ServerSpan): PlannedSpan {
  return plannedSpan({
    ...rest,
    service,
    kind: SpanKind.SERVER,
    name: `${endpoint.method} ${endpoint.route}`,
    failed: isFailure(status),
    attributes: {
      [semconv.ATTR_HTTP_REQUEST_METHOD]: endpoint.method,
      [semconv.ATTR_HTTP_ROUTE]: endpoint.route,
      [semconv.ATTR_URL_PATH]: path,
      [semconv.ATTR_URL_SCHEME]: ADDRESS[service].scheme,
      ...connectionTo(service),
      ...outcome(status),
      ...attributes,
    },
  });
}

/** A service calls another: the CLIENT span around the callee's SERVER span. */
export function clientSpan(service: ServiceName, callee: PlannedSpan, network: () => number): PlannedSpan {
  const { scheme, host, port } = ADDRESS[callee.service];
  const { attributes } = callee;
  const status = Number(attributes[semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]);
  return plannedSpan({
    service,
    kind: SpanKind.CLIENT,
    name: callee.name,
    failed: isFailure(status),
    steps: [network(), callee, network()],
    attributes: {
      [semconv.ATTR_HTTP_REQUEST_METHOD]: attributes[semconv.ATTR_HTTP_REQUEST_METHOD],
      [semconv.ATTR_URL_FULL]: `${scheme}://${host}:${port}${String(attributes[semconv.ATTR_URL_PATH])}`,
      "url.template": attributes[semconv.ATTR_HTTP_ROUTE], // not stable yet; a client span's name needs it
      ...connectionTo(callee.service),
      ...outcome(status),
    },
  });
}

/** order-service asks its database: a CLIENT span of so many milliseconds. */
export function databaseSpan(service: ServiceName, query: Query, durationMs: number): PlannedSpan {
  const summary = `${query.operation} ${query.collection}`;
  return plannedSpan({
    service,
    kind: SpanKind.CLIENT,
    name: summary,
    steps: [durationMs],
    attributes: {
      [semconv.ATTR_DB_SYSTEM_NAME]: semconv.DB_SYSTEM_NAME_VALUE_POSTGRESQL,
      [semconv.ATTR_DB_NAMESPACE]: "shop",
      [semconv.ATTR_DB_COLLECTION_NAME]: query.collection,
      [semconv.ATTR_DB_OPERATION_NAME]: query.operation,
      [semconv.ATTR_DB_QUERY_SUMMARY]: summary,
      [semconv.ATTR_DB_QUERY_TEXT]: query.text,
      [semconv.ATTR_SERVER_ADDRESS]: "orders-db",
      [semconv.ATTR_SERVER_PORT]: 5432,
    },
  });
}

/** payment-service calls the payment provider, which is nobody's service here: a CLIENT span without a SERVER. */
export function rpcSpan(
  service: ServiceName,
  method: string,
  status: string,
  durationMs: number,
): PlannedSpan {
  const failed = status !== "OK";
  return plannedSpan({
    service,
    kind: SpanKind.CLIENT,
    name: method,
    failed,
    steps: [durationMs],
    attributes: {
      [semconv.ATTR_RPC_SYSTEM_NAME]: semconv.RPC_SYSTEM_NAME_VALUE_GRPC,
      [semconv.ATTR_RPC_METHOD]: method,
      [semconv.ATTR_RPC_STATUS_CODE]: status,
      [semconv.ATTR_SERVER_ADDRESS]: "payments.provider.example",
      [semconv.ATTR_SERVER_PORT]: 443,
      ...(failed ? { [semconv.ATTR_ERROR_TYPE]: status } : {}),
    },
  });
}

/** Work of the service's own. */
export function internalSpan(service: ServiceName, name: string, steps: Step[]): PlannedSpan {
  return plannedSpan({ service, kind: SpanKind.INTERNAL, name, attributes: {}, steps });
}

function connectionTo(service: ServiceName): Attributes {
  return {
    [semconv.ATTR_SERVER_ADDRESS]: ADDRESS[service].host,
    [semconv.ATTR_SERVER_PORT]: ADDRESS[service].port,
    [semconv.ATTR_NETWORK_PROTOCOL_VERSION]: "1.1",
  };
}

function outcome(status: number): Attributes {
  return {
    [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: status,
    ...(isFailure(status) ? { [semconv.ATTR_ERROR_TYPE]: String(status) } : {}),
  };
}

function isFailure(status: number): boolean {
  return status >= 500;
}
