import { builtIns, expand, type Language, momentOf, seconds } from "../../scripts/verify/expand";

const chosen = { service: { chosen: ["api-gateway", "a.b"] }, one: { chosen: ["a.b"] }, text: "as-it.is" };

describe("a variable", () => {
  it.each<[Language, string, string]>([
    ["prometheus", 'up{service=~"$service"}', 'up{service=~"(api-gateway|a\\\\.b)"}'],
    ["prometheus", 'up{service=~"${one}"}', 'up{service=~"a\\\\.b"}'],
    ["loki", '{service_name=~"$service"}', '{service_name=~"api-gateway|a\\\\.b"}'],
    ["loki", "{a=~`${service:regex}`}", "{a=~`(api-gateway|a\\.b)`}"],
    ["prometheus", "${service:pipe} ${service:csv}", "api-gateway|a.b api-gateway,a.b"],
    ["prometheus", "[${service:doublequote}]", '["api-gateway","a.b"]'],
    ["tempo", "$text ${text} ${text:regex}", "as-it.is as-it.is as-it.is"],
  ])("of several values becomes in %s what Grafana makes of %s", (language, query, expected) => {
    expect(expand(query, chosen, language)).toBe(expected);
  });

  it("that nobody fills in is named, with its query", () => {
    expect(() => expand("rate(up[$window])", chosen, "prometheus")).toThrow(
      "nobody fills in $window of rate(up[$window])",
    );
    expect(() => expand("${service:odd}", chosen, "loki")).toThrow("the format of ${service:odd}");
  });

  it("is not a dollar that ends a pattern, or counts a group", () => {
    const query = 'label_replace(up{a=~"b$"}, "c", "$1", "d", "(.*)")';
    expect(expand(query, {}, "prometheus")).toBe(query);
  });
});

describe("Grafana's own variables", () => {
  const QUARTER = { fromMs: 1_000_000, toMs: 1_900_000 };
  const DAY = { fromMs: 0, toMs: 86_400_000 };

  it("are a minute of rates, and the whole range, for a quarter of an hour scraped every 15 s", () => {
    const { values, stepS } = builtIns(QUARTER, "prometheus", "15s");
    expect(stepS).toBe(15);
    expect(values).toMatchObject({
      __interval: "15s",
      __rate_interval: "60s",
      __range: "900s",
      __from: "1000000",
    });
  });

  it("grow with the range, and with how seldom values come", () => {
    expect(builtIns(DAY, "prometheus", "15s").values.__rate_interval).toBe("102s");
    expect(builtIns(QUARTER, "prometheus", "1m").values.__rate_interval).toBe("240s");
    expect(builtIns(QUARTER, "loki").values.__auto).toBe("1s");
  });
});

describe("a time", () => {
  it.each([
    ["15m", 900],
    ["-5m", -300],
    ["1.5h", 5_400],
  ])("of %s is %d seconds", (text, expected) => expect(seconds(text)).toBe(expected));

  it.each([
    ["now", 1_000_000],
    ["now-15m", 100_000],
    ["2026-01-01T00:00:00Z", Date.UTC(2026, 0, 1)],
  ])("of a dashboard, %s, is a moment", (text, expected) => expect(momentOf(text, 1_000_000)).toBe(expected));

  it("that is none is named", () => {
    expect(() => seconds("soon")).toThrow('"soon" is no time');
    expect(() => momentOf("tomorrow", 0)).toThrow('"tomorrow" is no time');
  });
});
