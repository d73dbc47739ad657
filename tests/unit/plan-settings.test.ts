import * as fs from "node:fs";
import * as path from "node:path";
import { ENDPOINT, folder, plan, planAsData, stackFile } from "../helpers/plan-run";

describe("a secret", () => {
  const secrets = [
    ["--secret", ENDPOINT],
    ["--secret", "grafanaAdminPassword=secret-password"],
    ["--secret", 'sumoHeaders={"X-Sumo-Category":"secret-header"}'],
    [
      "--secret",
      'sumoApi={"endpoint":"https://api.sumologic.com","accessId":"secret-access","accessKey":"secret-access","scope":"x"}',
    ],
  ].flat();

  it.each([["text"], ["json"]])("is not in the plan as %s", async (format) => {
    const { code, out, err } = await plan(...secrets, ...(format === "json" ? ["--json"] : []));
    expect(code).toBe(0);
    expect(out + err).not.toMatch(/secret-(token|password|header|access)|sumo\.example/);
  });

  it("is not in a fault", async () => {
    const { code, out, err } = await plan("--secret", ENDPOINT.replace("https:", "ftp:"));
    expect(code).toBe(1);
    expect(out + err).not.toContain("secret-token");
  });

  it("that is encrypted in the stack's file is made up, and the plan says so", async () => {
    const secure = { secure: "v1:ciphertext" };
    stackFile("local", {
      "watchtower:sumoEndpoint": secure,
      "watchtower:grafanaAdminPassword": secure,
      "watchtower:sumoApi": { endpoint: "https://api.sumologic.com", accessKey: secure },
      "watchtower:sumoHeaders": { "X-Sumo-Category": secure, "X-Sumo-Name": "laptop" },
    });
    const { notes, sumoDestination, resources } = await planAsData();
    expect(notes).toEqual([
      expect.stringMatching(/^sumoEndpoint is encrypted in Pulumi\.local\.yaml/),
      expect.stringMatching(/^grafanaAdminPassword is encrypted/),
      expect.stringMatching(/^sumoApi is encrypted/),
      expect.stringMatching(/^sumoHeaders is encrypted/),
    ]);
    expect(sumoDestination).toBe("sumo");
    expect(JSON.stringify(resources)).not.toContain("RandomPassword");
  });

  it("that is encrypted where the plan depends on it counts as not set, and the plan says so", async () => {
    stackFile("local", { "watchtower:components": [{ secure: "v1:ciphertext" }] });
    const { notes, releases } = await planAsData();
    expect(notes[0]).toMatch(/^components is encrypted .* not set/);
    expect(releases).toHaveLength(6);
  });

  it("that the command line gives needs no stand-in", async () => {
    stackFile("local", { "watchtower:sumoEndpoint": { secure: "v1:ciphertext" } });
    expect((await planAsData("--secret", ENDPOINT)).notes).toEqual([]);
  });
});

describe("settings", () => {
  it("come from the stack's file, with and without the project's prefix, as the CLI reads it", async () => {
    stackFile("local", {
      "watchtower:components": ["tempo", "grafana"],
      grafanaPort: 8080,
      "aws:region": "x",
    });
    const { releases, hostPorts } = await planAsData();
    expect(releases.map(({ name }) => name)).toEqual(["tempo", "grafana"]);
    expect(hostPorts[0]!.port).toBe(8080);
  });

  it("come from another stack's file when that is asked for", async () => {
    stackFile("local", { "watchtower:sumoEnabled": "true" });
    stackFile("prod", { "watchtower:kubeContext": "prod", "watchtower:sumoEnabled": "false" });
    const { stack, sumoDestination, portForward } = await planAsData("--stack", "prod");
    expect([stack, sumoDestination, portForward?.length]).toEqual(["prod", "off", 2]);
  });

  it("are the declared ones when the stack has no file, and the plan says so", async () => {
    const { notes } = await planAsData("--stack", "new");
    expect(notes[0]).toMatch(/no Pulumi\.new\.yaml/);
  });

  it("on the command line win, and the last of a key", async () => {
    stackFile("local", { "watchtower:grafanaPort": 8080 });
    const { hostPorts } = await planAsData("--config", "grafanaPort=1", "--config", "grafanaPort=9090");
    expect(hostPorts[0]!.port).toBe(9090);
  });

  it("on the command line are no secrets unless they are said to be", async () => {
    const { code, err } = await plan("--config", ENDPOINT);
    expect(code).toBe(1);
    expect(err).toMatch(/sumoEndpoint is stored in plain text/);
  });

  it("that cannot be used are told in the program's own sentences, with exit code 1 and no plan", async () => {
    const { code, out, err } = await plan("--config", "grafanaPort=99999", "--config", "typo=1");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^2 settings cannot be used/);
    expect(err).toContain("grafanaPort is 99999, but must be a port from 1 to 65535");
    expect(err).toContain("typo is not a setting of Watchtower");
  });

  it("in a file that is no YAML are a fault that names it", async () => {
    fs.writeFileSync(path.join(folder, "Pulumi.local.yaml"), "config: [\n");
    const { code, err } = await plan();
    expect(code).toBe(1);
    expect(err).toMatch(/^plan: Pulumi\.local\.yaml cannot be read: .* at line \d+, column \d+\.\n$/);
  });
});
