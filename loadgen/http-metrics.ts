import type { Attributes, Histogram, Meter, ObservableResult } from "@opentelemetry/api";
import * as semconv from "@opentelemetry/semantic-conventions";
import type { PlannedSpan } from "./plan";

/** Seconds; what the HTTP conventions advise for `http.server.request.duration`. */
const DURATION_BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** The attributes of a SERVER span that its metrics carry too: few values each, so few series. */
const DIMENSIONS = [
  semconv.ATTR_HTTP_REQUEST_METHOD,
  semconv.ATTR_HTTP_ROUTE,
  semconv.ATTR_HTTP_RESPONSE_STATUS_CODE,
  semconv.ATTR_URL_SCHEME,
  semconv.ATTR_NETWORK_PROTOCOL_VERSION,
  semconv.ATTR_ERROR_TYPE,
];
const ACTIVE_DIMENSIONS = [semconv.ATTR_HTTP_REQUEST_METHOD, semconv.ATTR_URL_SCHEME];

/** Requests in flight of one series: when each of them ends. */
interface InFlight {
  attributes: Attributes;
  endsAt: number[];
}

/** HTTP server metrics of one service. */
export class HttpServerMetrics {
  private readonly durations: Histogram;
  private readonly inFlight = new Map<string, InFlight>();

  constructor(meter: Meter) {
    this.durations = meter.createHistogram(semconv.METRIC_HTTP_SERVER_REQUEST_DURATION, {
      description: "Duration of HTTP server requests.",
      unit: "s",
      advice: { explicitBucketBoundaries: DURATION_BOUNDARIES },
    });
    meter
      .createObservableUpDownCounter("http.server.active_requests", {
        description: "Number of active HTTP server requests.",
        unit: "{request}",
      })
      .addCallback((result) => this.observeActive(result));
  }

  /**
   * Takes in a request that has just ended, and counts it as active for its duration from now on.
   * A trace is written when it is over, so nothing would ever be in flight; shifted like this, on average
   * as many requests are as there truly would be.
   */
  record({ attributes, durationMs }: PlannedSpan): void {
    this.durations.record(durationMs / 1000, pick(attributes, DIMENSIONS));
    const active = pick(attributes, ACTIVE_DIMENSIONS);
    const key = Object.values(active).join();
    const series = this.inFlight.get(key) ?? { attributes: active, endsAt: [] };
    series.endsAt.push(Date.now() + durationMs);
    this.inFlight.set(key, series);
  }

  /** Nothing is in flight any more; else the last value would stand in the graphs for minutes. */
  stop(): void {
    for (const series of this.inFlight.values()) series.endsAt = [];
  }

  private observeActive(result: ObservableResult): void {
    const now = Date.now();
    for (const series of this.inFlight.values()) {
      series.endsAt = series.endsAt.filter((end) => end > now);
      result.observe(series.endsAt.length, series.attributes);
    }
  }
}

function pick(attributes: Attributes, keys: string[]): Attributes {
  return Object.fromEntries(keys.filter((key) => key in attributes).map((key) => [key, attributes[key]]));
}
