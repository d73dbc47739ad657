import { hasLabels, parseMetrics, sumOf } from "../../scripts/lib/prometheus";

const PAGE = String.raw`
# HELP otelcol_receiver_accepted_spans_total Number of spans successfully pushed into the pipeline. [Alpha]
# TYPE otelcol_receiver_accepted_spans_total counter
otelcol_receiver_accepted_spans_total{component_id="otelcol.receiver.otlp.sumo",component_path="/",otel_scope_version="",transport="http"} 3
otelcol_receiver_accepted_spans_total{component_id="otelcol.receiver.otlp.sumo",component_path="/",otel_scope_version="",transport="grpc"} 4
otelcol_receiver_accepted_spans_total_other{component_id="otelcol.receiver.otlp.sumo"} 100
otelcol_exporter_queue_capacity{component_id="otelcol.exporter.otlphttp.sumo"} 4.69762048e+08
go_goroutines 42
with_time{a="1"} 5 1700000000000
odd{path="a\\b \"c\" {d}, e=\"f\"\ng",other="x"} 1
bucket{le="+Inf"} +Inf
down -Inf
none NaN
not a sample
`;
const samples = parseMetrics(PAGE);

describe("a metrics page", () => {
  it("gives the sum of the series of one name, and of those with the labels asked for", () => {
    const name = "otelcol_receiver_accepted_spans_total";
    expect(sumOf(samples, name)).toBe(7);
    expect(sumOf(samples, name, { transport: "grpc" })).toBe(4);
    expect(sumOf(samples, name, { transport: "grpc", component_id: "another" })).toBe(0);
  });

  it("gives 0 for a series that is not there (yet)", () => {
    expect(sumOf(samples, "otelcol_exporter_sent_spans_total")).toBe(0);
    expect(sumOf(parseMetrics(""), "anything")).toBe(0);
  });

  it("reads numbers as Go writes them, with or without a time", () => {
    expect(sumOf(samples, "otelcol_exporter_queue_capacity")).toBe(469_762_048);
    expect(sumOf(samples, "go_goroutines")).toBe(42);
    expect(sumOf(samples, "with_time")).toBe(5);
    expect(sumOf(samples, "bucket")).toBe(Infinity);
    expect(sumOf(samples, "down")).toBe(-Infinity);
    expect(sumOf(samples, "none")).toBeNaN();
  });

  it("reads labels with quotes, braces, commas and line ends in them", () => {
    expect(samples.find(({ name }) => name === "odd")?.labels).toEqual({
      path: 'a\\b "c" {d}, e="f"\ng',
      other: "x",
    });
  });

  it("leaves out comments and what is no sample", () => {
    expect(samples).toHaveLength(10);
    expect(
      samples.some((sample) => hasLabels(sample, { component_id: "otelcol.exporter.otlphttp.sumo" })),
    ).toBe(true);
  });
});
