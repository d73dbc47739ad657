import * as pulumi from "@pulumi/pulumi";
import { record } from "../../scripts/lib/record";
import { readSettings } from "../../settings";
import { faultsOf, mended } from "../helpers/faults";

const TOKEN = "ZaVnC4dhaV1-token";

describe("sumoEndpoint", () => {
  it.each([
    "https://endpoint4.collection.sumologic.com/receiver/v1/otlp/",
    "http://localhost:4318/",
    "http://127.0.0.1:4318/",
    "http://127.9.9.9/",
    "http://[::1]:4318/",
    "http://[fd12:3456::1]:4318/",
    "http://10.1.2.3:4318/",
    "http://172.16.0.1/",
    "http://172.31.255.1/",
    "http://192.168.1.20:4318/",
    "http://host.docker.internal:4318/",
    "http://collector.observability.svc:4318/",
    "http://collector.observability.svc.cluster.local:4318/",
  ])("may be %s…", async (address) => {
    expect(await faultsOf({ sumoEndpoint: `${address}${TOKEN}` }, ["sumoEndpoint"])).toEqual([]);
  });

  it.each([
    ["http://endpoint4.collection.sumologic.com/", "must be https"],
    ["http://8.8.8.8/", "must be https"],
    ["http://172.15.0.1/", "must be https"],
    ["http://172.32.0.1/", "must be https"],
    ["http://192.169.0.1/", "must be https"],
    ["http://127.0.0.1.example.com/", "must be https"],
    ["http://10.0.0.1.example.com/", "must be https"],
    ["http://localhost.example.com/", "must be https"],
    ["http://mylocalhost/", "must be https"],
    ["http://evil.svc.example.com/", "must be https"],
    ["http://fd12-example.com/", "must be https"],
    ["http://[2001:db8::1]/", "must be https"],
    ["ftp://localhost/", "must be https"],
    ["endpoint4.collection.sumologic.com/", "not a URL"],
    ["https://user:pass@sumo.example/", "no user, query or fragment"],
    ["https://sumo.example/?token=", "no user, query or fragment"],
    ["https://sumo.example/#", "no user, query or fragment"],
  ])("may not be %s…, and the sentence does not tell its token", async (address, words) => {
    const config = { sumoEndpoint: `${address}${TOKEN}` };
    const faults = await faultsOf(config, ["sumoEndpoint"]);
    expect(faults).toEqual([expect.stringContaining(words)]);
    expect(faults[0]).not.toMatch(new RegExp(`${TOKEN}|pass@`));
    expect(await faultsOf(...mended(config, ["sumoEndpoint"], faults[0]!))).toEqual([]);
  });

  it.each(["traces", "metrics", "logs"])("may not end in /v1/%s, which each signal adds", async (signal) => {
    const faults = await faultsOf({ sumoEndpoint: `https://sumo.example/${TOKEN}/v1/${signal}` }, [
      "sumoEndpoint",
    ]);
    expect(faults).toEqual([expect.stringContaining("without it")]);
    expect(faults[0]).not.toContain(TOKEN);
  });

  it("is refused in plain text, without being repeated", async () => {
    const config = { sumoEndpoint: `https://sumo.example/${TOKEN}` };
    const faults = await faultsOf(config);
    expect(faults).toEqual([
      expect.stringMatching(/^sumoEndpoint is stored in plain text.*--secret sumoEndpoint/),
    ]);
    expect(faults[0]).not.toContain(TOKEN);
    expect(await faultsOf(...mended(config, [], faults[0]!))).toEqual([]);
  });

  it("is checked while the second write is off, too", async () => {
    const config = { sumoEnabled: "false", sumoEndpoint: "http://sumo.example/" };
    expect(await faultsOf(config, ["sumoEndpoint"])).toHaveLength(1);
  });

  it("that was set to nothing counts as not set", async () => {
    const { outputs } = await record({ sumoEndpoint: " " }, ["sumoEndpoint"]);
    expect(outputs.sumoDestination).toBe("stand-in");
  });
});

describe("sumoHeaders", () => {
  it("do not show a value that is refused", async () => {
    const faults = await faultsOf({ sumoHeaders: JSON.stringify({ "X-Key": `${TOKEN}\n` }) }, [
      "sumoHeaders",
    ]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).not.toContain(TOKEN);
  });

  it("do not show a secret that is no object", async () => {
    const faults = await faultsOf({ sumoHeaders: TOKEN }, ["sumoHeaders"]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).not.toContain(TOKEN);
  });
});

describe("what is secret", () => {
  it("is marked so where it is read, whatever is made of it later", async () => {
    const config = {
      sumoEndpoint: `https://sumo.example/${TOKEN}`,
      sumoHeaders: JSON.stringify({ "X-Key": TOKEN }),
      grafanaAdminPassword: TOKEN,
    };
    await record(config, Object.keys(config)); // leaves the configuration to read
    const { sumo, grafanaAdminPassword } = readSettings();
    for (const value of [sumo.endpoint, sumo.headers["X-Key"], grafanaAdminPassword])
      expect(await pulumi.isSecret(value!)).toBe(true);
  });
});
