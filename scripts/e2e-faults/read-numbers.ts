import { OTLP, REQUEST, type Signal } from "../lib/otlp";
import { readLine, readSpanId } from "./numbers";

/** One numbered item; the run tells whose. */
export interface Numbered {
  run: string;
  number: number;
}

type Text = { stringValue?: string };
type Attributes = { key: string; value: Text }[];
interface Point {
  attributes: Attributes;
  asInt: unknown;
}
/** What a decoded request holds of the things we look at. */
interface Request {
  resourceSpans?: { scopeSpans: { spans: { spanId: Uint8Array }[] }[] }[];
  resourceLogs?: { scopeLogs: { logRecords: { body?: Text }[] }[] }[];
  resourceMetrics?: {
    scopeMetrics: { metrics: { gauge?: { dataPoints: Point[] }; sum?: { dataPoints: Point[] } }[] }[];
  }[];
}

/** The numbered items of an export request; what others have sent is none, or of a run that nobody knows. */
export function readNumbers(signal: Signal, body: Uint8Array): Numbered[] {
  const request = OTLP.lookupType(REQUEST[signal]).decode(body) as unknown as Request;
  return READ[signal](request).filter((item) => item !== undefined);
}

const READ: Record<Signal, (request: Request) => (Numbered | undefined)[]> = {
  traces: ({ resourceSpans = [] }) =>
    resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans.map((span) => readSpanId(span.spanId))),
    ),
  logs: ({ resourceLogs = [] }) =>
    resourceLogs.flatMap(({ scopeLogs }) =>
      scopeLogs.flatMap(({ logRecords }) => logRecords.map(({ body }) => readLine(body?.stringValue ?? ""))),
    ),
  metrics: ({ resourceMetrics = [] }) =>
    resourceMetrics.flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) =>
        metrics.flatMap(({ gauge, sum }) => (gauge ?? sum)?.dataPoints.map(readPoint) ?? []),
      ),
    ),
};

function readPoint({ attributes, asInt }: Point): Numbered | undefined {
  const run = attributes.find(({ key }) => key === "run")?.value.stringValue;
  return run === undefined ? undefined : { run, number: Number(asInt) };
}
