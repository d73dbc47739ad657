import { randomUUID } from "node:crypto";
import type { Tracer } from "@opentelemetry/api";
import type { Logger } from "@opentelemetry/api-logs";
import { logs, metrics, resources, tracing } from "@opentelemetry/sdk-node";
import * as semconv from "@opentelemetry/semantic-conventions";
import { HttpServerMetrics } from "./http-metrics";
import { OrderMetrics } from "./order-metrics";
import type { MetricPipe, Pipes } from "./pipes";
import { SERVICES, type ServiceName } from "./plan";

const NAMESPACE = "shop";
const ENVIRONMENT = "local";
const VERSION: Record<ServiceName, string> = {
  "api-gateway": "2.3.0",
  "order-service": "1.8.4",
  "payment-service": "1.2.1",
};

/** What one service writes its telemetry with; without a pipe for a signal, what it writes goes nowhere. */
export interface Service {
  tracer: Tracer;
  logger: Logger;
  http?: HttpServerMetrics;
  /** Of order-service only. */
  orders?: OrderMetrics;
}

/** All three, each with providers of its own over the shared pipes. */
export function startServices(pipes: Pipes): Record<ServiceName, Service> {
  return Object.fromEntries(SERVICES.map((name) => [name, startService(name, pipes)])) as Record<
    ServiceName,
    Service
  >;
}

/** Each service is a process of its own to whoever looks at the telemetry: own resource, own providers. */
function startService(name: ServiceName, pipes: Pipes): Service {
  const resource = resourceOf(name);
  const tracers = new tracing.BasicTracerProvider({
    resource,
    sampler: new tracing.AlwaysOnSampler(), // else OTEL_TRACES_SAMPLER could thin out what we count
    spanProcessors: pipes.traces ? [pipes.traces.processor] : [],
  });
  const loggers = new logs.LoggerProvider({
    resource,
    processors: pipes.logs ? [pipes.logs.processor] : [],
  });
  return {
    tracer: tracers.getTracer(name, VERSION[name]),
    logger: loggers.getLogger(name, VERSION[name]),
    ...(pipes.metrics ? startMetrics(resource, pipes.metrics, name) : {}),
  };
}

function startMetrics(
  resource: resources.Resource,
  pipe: MetricPipe,
  name: ServiceName,
): Pick<Service, "http" | "orders"> {
  const meters = new metrics.MeterProvider({ resource, readers: [pipe.newReader()] });
  const meter = meters.getMeter(name, VERSION[name]);
  return {
    http: new HttpServerMetrics(meter),
    orders: name === "order-service" ? new OrderMetrics(meter) : undefined,
  };
}

function resourceOf(name: ServiceName): resources.Resource {
  return resources.defaultResource().merge(
    resources.resourceFromAttributes({
      [semconv.ATTR_SERVICE_NAME]: name,
      [semconv.ATTR_SERVICE_NAMESPACE]: NAMESPACE,
      [semconv.ATTR_SERVICE_VERSION]: VERSION[name],
      [semconv.ATTR_SERVICE_INSTANCE_ID]: randomUUID(),
      [semconv.ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: ENVIRONMENT,
      "deployment.environment": ENVIRONMENT, // the old name, which Loki, Tempo and Mimir still promote to a label
    }),
  );
}
