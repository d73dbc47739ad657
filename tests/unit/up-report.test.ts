import { enter } from "../../scripts/lib/home";
import { report, reportJson } from "../../scripts/up/report";

const outputs = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, secret: false }]));
const OTLP = { otlpGrpcEndpoint: "localhost:4317", otlpHttpEndpoint: "http://localhost:4318" };
const GRAFANA = { grafanaUrl: "http://localhost:3000", grafanaUser: "admin", grafanaPassword: "hush" };

describe("what up tells in the end", () => {
  it("is where everything is, and how to have the password, which it does not show", () => {
    const text = report(outputs({ ...GRAFANA, ...OTLP, sumoDestination: "stand-in" }), {}, "61.0");
    expect(text).toMatch(/Grafana +http:\/\/localhost:3000 {2}\(user admin\)\n/);
    expect(text).toMatch(/password +pulumi stack output grafanaPassword --show-secrets\n/);
    expect(text).toMatch(/OTLP +localhost:4317 \(gRPC\), http:\/\/localhost:4318 \(HTTP\)\n/);
    expect(text).toMatch(/second path +a stand-in that counts/);
    expect(text).not.toContain("hush");
  });

  it("names commands of Pulumi's as a shell needs them where Pulumi is ours", () => {
    enter({ PATH: "/nowhere" });
    const text = report(outputs({ ...GRAFANA, ...OTLP, sumoDestination: "stand-in" }), {}, "61.0");
    expect(text.match(/pulumi (stack|config) /g)).toHaveLength(2);
    expect(text.match(/eval "\$\(npm run -s env\)" && pulumi (stack|config) /g)).toHaveLength(2);
  });

  it("leaves out what the stack does not run", () => {
    const text = report(outputs({ sumoDestination: "off" }), {}, "61.0");
    expect(text).not.toMatch(/Grafana|password|OTLP|undefined|npm run verify/);
  });

  it.each([
    [["loki", "alloy"], /second path +off; on: npm run sumo -- on\n/],
    [
      ["loki", "grafana"],
      /second path +none, as this stack runs without alloy; with it: npm run up -- loki grafana alloy\n/,
    ],
  ])("of the second path, where the stack runs %j, is what brings it", (components, line) => {
    const text = report(outputs({ components, sumoDestination: "off" }), {}, "61.0");
    expect(`${text}\n`).toMatch(line);
  });

  it("has the commands that have to run first on a cluster that exposes no ports", () => {
    const portForward = ["kubectl a", "kubectl b"];
    expect(report(outputs({ ...OTLP, portForward }), {}, "1.0")).toMatch(
      /first run +kubectl a\n +kubectl b\n/,
    );
  });

  it.each([
    [{ same: 30 }, "nothing had to change"],
    [{ create: 30, "create-replacement": 1, replace: 1, same: 2 }, "30 created, 1 replaced"],
    [{ update: 1, delete: 2 }, "1 changed, 2 removed"],
  ])("counts %j", (changes, said) => {
    expect(report(outputs({}), changes, "61.0")).toContain(`Watchtower is up after 61.0 s: ${said}.`);
  });
});

it("what up tells a program in the end has all that is no secret", () => {
  const secret = { grafanaPassword: { value: "hush", secret: true } };
  const told = reportJson("local", { ...outputs(OTLP), ...secret }, { create: 30 }, 61.04);
  expect(told).toEqual({ ok: true, stack: "local", seconds: 61.04, changes: { create: 30 }, outputs: OTLP });
});
