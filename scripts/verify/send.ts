import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { resources, tracing } from "@opentelemetry/sdk-node";
import { reasonOf as grpcReasonOf } from "../../loadgen/grpc-error";
import { Fault, reasonOf } from "../lib/fault";
import { LOG, METRIC, type Signal, TRACE } from "../lib/signals";
import { howToReach, type Stack } from "../lib/stack";
import { type Mark, MARK_ATTRIBUTE, METRIC_NAME, RESOURCE } from "./mark";

const ANSWER_WITHIN_MS = 5_000;

/** A stack that takes OTLP. */
export type ReachableStack = Stack & Required<Pick<Stack, "otlp">>;

/**
 * Sends one marked item of a signal: traces by gRPC, the others by HTTP, so that both doors are proven.
 * Resolves once Alloy has taken it.
 * @throws Fault when it was not taken
 */
export function send(signal: Signal, mark: Mark, stack: ReachableStack): Promise<void> {
  if (signal === TRACE) return sendTrace(mark, stack);
  return signal === LOG
    ? post("v1/logs", logRequest(mark), LOG, stack)
    : post("v1/metrics", metricRequest(mark), METRIC, stack);
}

async function sendTrace(mark: Mark, stack: ReachableStack): Promise<void> {
  const exporter = new OTLPTraceExporter({
    url: `http://${stack.otlp.grpc}`, // the scheme tells it to use no TLS
    timeoutMillis: ANSWER_WITHIN_MS,
  });
  const error = await new Promise<Error | undefined>((resolve) =>
    exporter.export(spansOf(mark), (result) => resolve(result.error)),
  );
  void exporter.shutdown();
  if (error) throw notTaken(TRACE, `OTLP gRPC at ${stack.otlp.grpc}`, grpcReasonOf(error), howToReach(stack));
}

function spansOf({ id, spanId }: Mark): tracing.ReadableSpan[] {
  const ended = new tracing.InMemorySpanExporter();
  const provider = new tracing.BasicTracerProvider({
    idGenerator: { generateTraceId: () => id, generateSpanId: () => spanId },
    resource: resources.resourceFromAttributes(RESOURCE),
    spanProcessors: [new tracing.SimpleSpanProcessor(ended)],
  });
  const attributes = { [MARK_ATTRIBUTE]: id };
  provider.getTracer(METRIC_NAME).startSpan(METRIC_NAME, { attributes, root: true }).end();
  return ended.getFinishedSpans();
}

async function post(path: string, request: object, signal: Signal, stack: ReachableStack): Promise<void> {
  const where = `OTLP HTTP at ${stack.otlp.http}`;
  const answer = await fetch(`${stack.otlp.http}/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch((error: unknown) => {
    throw notTaken(signal, where, reasonOf(error), howToReach(stack));
  });
  const body = await answer.text();
  // An answer that rejects an item is a 200, too.
  if (!answer.ok || /"rejected\w+":"?[1-9]/.test(body))
    throw notTaken(
      signal,
      where,
      `${answer.status} ${body}`.trim(),
      "see `npm run logs -- alloy --no-follow`",
    );
}

function notTaken(signal: Signal, where: string, reason: string, mend: string): Fault {
  return new Fault(`The ${signal.name} was not taken by ${where} (${reason}): ${mend}.`);
}

function logRequest(mark: Mark) {
  const record = {
    timeUnixNano: nanoseconds(new Date()),
    severityNumber: 9,
    severityText: "INFO",
    body: { stringValue: `watchtower verify ${mark.id}` },
    attributes: attributesOf({ [MARK_ATTRIBUTE]: mark.id }),
    traceId: mark.id,
    spanId: mark.spanId,
  };
  return { resourceLogs: [{ resource: resource(), scopeLogs: [{ logRecords: [record] }] }] };
}

function metricRequest(mark: Mark) {
  const point = {
    timeUnixNano: nanoseconds(new Date()),
    asInt: String(mark.value),
    attributes: attributesOf({ [MARK_ATTRIBUTE]: mark.id }),
  };
  const metrics = [{ name: METRIC_NAME, gauge: { dataPoints: [point] } }];
  return { resourceMetrics: [{ resource: resource(), scopeMetrics: [{ metrics }] }] };
}

function resource() {
  return { attributes: attributesOf(RESOURCE) };
}

function attributesOf(values: Record<string, string>) {
  return Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }));
}

function nanoseconds(time: Date): string {
  return `${time.getTime()}000000`;
}
