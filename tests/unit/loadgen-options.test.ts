import { parseOptions } from "../../loadgen/parse-options";

function optionsOf(...argv: string[]) {
  const parsed = parseOptions(argv);
  if (!("options" in parsed)) throw new Error(JSON.stringify(parsed));
  return parsed.options;
}

function faultsOf(...argv: string[]): string[] {
  const parsed = parseOptions(argv);
  return "faults" in parsed ? parsed.faults : [];
}

describe("the options of the load generator", () => {
  it("send everything at 10 requests/s to the stack's own port until stopped, when none is given", () => {
    expect(optionsOf()).toMatchObject({
      protocol: "grpc",
      endpoint: "localhost:4317",
      headers: {},
      rate: 10,
      concurrency: undefined,
      durationMs: undefined,
      requests: undefined,
      signals: ["traces", "metrics", "logs"],
      scenario: "steady",
      errorShare: 0.05,
      quiet: false,
      json: false,
    });
  });

  it.each([
    ["250ms", 250],
    ["30s", 30_000],
    ["1.5m", 90_000],
    ["2h", 7_200_000],
  ])("read %s as %d milliseconds", (text, durationMs) => {
    expect(optionsOf("--duration", text)).toMatchObject({ durationMs });
  });

  it("read a share as percent and as fraction", () => {
    expect(optionsOf("--errors", "12.5%").errorShare).toBe(0.125);
    expect(optionsOf("--errors=0.125").errorShare).toBe(0.125);
    expect(optionsOf("--errors", "0").errorShare).toBe(0);
  });

  it("take the endpoint as people copy it", () => {
    expect(optionsOf("--endpoint", "http://127.0.0.1:4317/").endpoint).toBe("127.0.0.1:4317");
    expect(optionsOf("--endpoint", "[::1]:4317").endpoint).toBe("[::1]:4317");
  });

  it("know OTLP's HTTP port", () => {
    expect(optionsOf("--protocol", "http").endpoint).toBe("http://localhost:4318");
  });

  it.each([
    ["http://localhost:3100/otlp", "http://localhost:3100/otlp"],
    ["http://localhost:4318/", "http://localhost:4318"],
    ["localhost:8080/otlp/", "http://localhost:8080/otlp"],
    ["https://sumo.example/receiver/v1/otlp/token", "https://sumo.example/receiver/v1/otlp/token"],
  ])("take %s for HTTP", (text, endpoint) => {
    expect(optionsOf("--protocol", "http", "--endpoint", text).endpoint).toBe(endpoint);
  });

  it.each([
    "http://localhost:3100/otlp/v1/logs", // we put that behind it
    "ftp://localhost:4318",
    "localhost",
    "http://localhost:4318?a=b",
  ])("refuse %s for HTTP", (text) => {
    expect(faultsOf("--protocol", "http", "--endpoint", text)).toEqual([
      expect.stringContaining("without /v1/traces, for example --endpoint http://localhost:4318."),
    ]);
  });

  it("read headers as OpenTelemetry's own variable has them", () => {
    const text = "Authorization=Basic YTpi==, X-Scope-OrgID=shop,note=a%2Cb";
    expect(optionsOf("--headers", text).headers).toEqual({
      authorization: "Basic YTpi==",
      "x-scope-orgid": "shop",
      note: "a,b",
    });
  });

  it.each(["hunter2", "=hunter2", "a b=hunter2", "key-bin=hunter2", "key=hunter2%", "key=hunter2,"])(
    "refuse the headers %s without showing them",
    (text) => {
      const faults = faultsOf("--headers", text);
      expect(faults).toEqual([
        expect.stringContaining("--headers cannot be what was given: it takes name=value"),
      ]);
      expect(faults[0]).not.toContain("hunter2");
    },
  );

  it("draw a seed of their own when none is given", () => {
    expect(optionsOf().seed).not.toBe(optionsOf().seed);
    expect(optionsOf("--seed", "42").seed).toBe(42);
  });

  it.each([
    ["--endpoint", "localhost"],
    ["--endpoint", "https://sumo.example:4317"],
    ["--endpoint", "localhost:99999"],
    ["--endpoint", "localhost:80"], // the exporter would dial 443
    ["--rate", "fast"],
    ["--rate", "0"],
    ["--rate", "-5"],
    ["--duration", "30"],
    ["--duration", "0s"],
    ["--requests", "1.5"],
    ["--signals", "traces,profiles"],
    ["--signals", ""],
    ["--errors", "5"],
    ["--protocol", "udp"],
    ["--scenario", "storm"],
    ["--concurrency", "0"],
    ["--concurrency", "1.5"],
    ["--errors", "101%"],
    ["--seed", "four"],
  ])("refuse %s %s in one sentence with option, value and an example", (name, value) => {
    const faults = faultsOf(name, value);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`${name} cannot be "${value}": it takes `);
    expect(faults[0]).toMatch(new RegExp(`for example ${name} \\S+\\.$`));
  });

  it("name every fault at once", () => {
    const faults = faultsOf("--rate", "fast", "--bogus", "3", "stray", "--quiet=yes", "--duration");
    expect(faults).toEqual([
      expect.stringContaining("--bogus is not an option"),
      expect.stringContaining('"stray" belongs to no option'),
      expect.stringContaining("--quiet takes no value"),
      expect.stringContaining('--rate cannot be "fast"'),
      expect.stringContaining("--duration was given no value"),
    ]);
  });

  it("explain themselves on --help, even beside a fault", () => {
    const parsed = parseOptions(["--rate", "fast", "--help"]);
    expect("help" in parsed && parsed.help).toMatch(
      /--endpoint .*--rate .*--seed .*slow-payments {2,}the payment provider/s,
    );
  });
});
