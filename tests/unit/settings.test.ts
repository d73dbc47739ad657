import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import program from "../../index";
import { type Config, faultsOf, mended, ONE_SENTENCE } from "../helpers/faults";

const TOKEN = "ZaVnC4dhaV1-token";

describe("a setting that cannot be used", () => {
  const cases: [Config, ...string[]][] = [
    [{ sumoEnabled: "yes" }, "sumoEnabled", '"yes"', "true or false"],
    [
      { components: '["tempo","prometheus"]' },
      "components",
      '"prometheus"',
      "tempo, loki, mimir, grafana, alloy",
    ],
    [{ components: "[]" }, "components", "empty", "tempo, loki, mimir, grafana, alloy"],
    [{ components: "tempo" }, "components", '"tempo"', "a list"],
    [{ grafanaPort: "99999" }, "grafanaPort", "99999", "1 to 65535"],
    [{ otlpHttpPort: "0" }, "otlpHttpPort", "0", "1 to 65535"],
    [{ otlpGrpcPort: "abc" }, "otlpGrpcPort", '"abc"', "a whole number"],
    [{ otlpGrpcPort: "4317.5" }, "otlpGrpcPort", '"4317.5"', "a whole number"],
    [{ otlpHttpPort: "3000" }, "otlpHttpPort", "3000", "grafanaPort", "a port of its own"],
    [{ grafanaPort: "4317" }, "otlpGrpcPort", "4317", "grafanaPort", "a port of its own"],
    [
      { kubeContext: "mine", nodeImage: "kindest/node:v1.35.0" },
      "nodeImage",
      "kubeContext",
      "existing cluster",
    ],
    [{ kubeContext: "mine", grafanaPort: "3001" }, "grafanaPort", "kubeContext", "existing cluster"],
    [{ nodeImage: "kindest/node; rm -rf" }, "nodeImage", '"kindest/node; rm -rf"', "image reference"],
    [
      { charts: '{"prometheus":{"version":"1.0.0"}}' },
      "charts",
      '"prometheus"',
      "tempo, loki, mimir, grafana, alloy",
    ],
    [{ charts: '{"tempo":"2.2.4"}' }, "charts.tempo", '"2.2.4"', "path, or repo and version"],
    [{ charts: '{"tempo":{"url":"x"}}' }, "charts.tempo", '"url"', "path, or repo and version"],
    [{ charts: '{"tempo":{"version":2}}' }, "charts.tempo", "2", "text"],
    [{ charts: '{"loki":{"version":"^18"}}' }, "charts.loki.version", '"^18"', "exact version"],
    [{ charts: '{"loki":{"repo":"helm.example.com"}}' }, "charts.loki.repo", '"helm.example.com"', "oci://"],
    [{ charts: '{"mimir":{"path":"./no-such"}}' }, "charts.mimir.path", '"./no-such"', "Chart.yaml"],
    [{ charts: "2.2.4" }, "charts", "2.2.4", "an object"],
    [
      { imageRegistry: "https://registry.example.com" },
      "imageRegistry",
      '"https://registry.example.com"',
      "without scheme",
    ],
    [
      { imageRegistry: "registry.example.com/" },
      "imageRegistry",
      '"registry.example.com/"',
      "trailing slash",
    ],
    [{ retention: '{"logs":"12h"}' }, "retention.logs", '"12h"', "at least 24h"],
    [{ retention: '{"metrics":"1h"}' }, "retention.metrics", '"1h"', "at least 2h"],
    [{ retention: '{"traces":"90m"}' }, "retention.traces", '"90m"', "whole hours or days"],
    [{ retention: '{"traces":24}' }, "retention.traces", "24", "whole hours or days"],
    [{ retention: '{"profiles":"24h"}' }, "retention", '"profiles"', "traces, logs or metrics"],
    [{ retention: "72h" }, "retention", '"72h"', "an object"],
    [{ sumoHeaders: "X-Sumo-Category=laptop" }, "sumoHeaders", "X-Sumo-Category=laptop", "an object"],
    [{ sumoHeaders: '{"X Sumo":"laptop"}' }, "sumoHeaders", '"X Sumo"', "letters, digits and dashes"],
    [
      { sumoHeaders: '{"Content-Type":"text/plain"}' },
      "sumoHeaders",
      "Content-Type",
      "exporter sets that itself",
    ],
    [{ sumoHeaders: '{"X-A":"one\\r\\ntwo"}' }, "sumoHeaders.X-A", "one line of text"],
    [{ sumoEnable: "false" }, "sumoEnable is not a setting", "sumoEnabled, sumoEndpoint"],
    [{ GrafanaPort: "3001" }, "GrafanaPort is not a setting", "grafanaPort"],
  ];

  it.each(cases)("%j is told in one sentence: key, value, what is allowed", async (config, ...named) => {
    const faults = await faultsOf(config);
    expect(faults).toEqual([expect.stringMatching(ONE_SENTENCE)]);
    for (const words of named) expect(faults[0]).toContain(words);
  });

  it.each(cases)("%j is mended by the command in its sentence", async (config) => {
    const [sentence = ""] = await faultsOf(config);
    expect(await faultsOf(...mended(config, [], sentence))).toEqual([]);
  });

  it("is told together with all others", async () => {
    const faults = await faultsOf({
      grafanaPort: "99999",
      components: '["tempo","nope"]',
      retention: '{"logs":"1h","traces":"soon"}',
      imageRegistry: "http://registry",
      sumoEnabled: "maybe",
      typo: "1",
    });
    const subjects = faults.map((sentence) => sentence.split(/ (?:is|has) /)[0]);
    expect(subjects.sort()).toEqual([
      "components",
      "grafanaPort",
      "imageRegistry",
      "retention.logs",
      "retention.traces",
      "sumoEnabled",
      "typo",
    ]);
  });

  it("keeps the program from making anything", async () => {
    const newResource = jest.fn(() => ({ id: "", state: {} }));
    await pulumi.runtime.setMocks({ call: () => ({}), newResource }, "watchtower", "local");
    pulumi.runtime.setAllConfig({ "watchtower:retention": '{"logs":"1h"}' });
    const outcome = await Promise.resolve()
      .then(() => program())
      .catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 300)); // the SDK asks for a resource in a later turn
    expect(outcome).toBeInstanceOf(pulumi.RunError);
    expect(newResource).not.toHaveBeenCalled();
  });
});

describe("grafanaAdminPassword", () => {
  it("is refused in plain text, without being repeated", async () => {
    const faults = await faultsOf({ grafanaAdminPassword: TOKEN });
    expect(faults).toEqual([
      expect.stringMatching(/^grafanaAdminPassword is stored in plain text.*--secret/),
    ]);
    expect(faults[0]).not.toContain(TOKEN);
  });

  it("may be in plain text as long as it is the one that everybody knows", async () => {
    expect(await faultsOf({ grafanaAdminPassword: "watchtower" })).toEqual([]);
  });

  it("is refused when Grafana would refuse it, without being repeated", async () => {
    const faults = await faultsOf({ grafanaAdminPassword: "qzx" }, ["grafanaAdminPassword"]);
    expect(faults).toEqual([expect.stringContaining("too short")]);
    expect(faults[0]).not.toContain("qzx");
  });
});

describe("charts", () => {
  let folder: string;
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "chart-"));
    fs.writeFileSync(path.join(folder, "Chart.yaml"), "name: tempo\nversion: 2.2.4\n");
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  it.each([{ version: "2.2.4" }, { repo: "https://charts.example.com" }])(
    "refuse %j beside a path, and say how to take it out",
    async (beside) => {
      const config = { charts: JSON.stringify({ tempo: { path: folder, ...beside } }) };
      const faults = await faultsOf(config);
      expect(faults).toEqual([expect.stringContaining("charts.tempo has path beside repo or version")]);
      expect(await faultsOf(...mended(config, [], faults[0]!))).toEqual([]);
    },
  );
});
