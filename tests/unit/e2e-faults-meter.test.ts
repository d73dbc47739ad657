import { setTimeout as sleep } from "node:timers/promises";
import { readAttempts } from "../../scripts/e2e-faults/attempts";
import { Containers } from "../../scripts/e2e-faults/containers";
import { Meter } from "../../scripts/e2e-faults/meter";
import { NumberedBackends } from "../helpers/fake-backends-numbered";

describe("the meter", () => {
  let backends: NumberedBackends;
  let meter: Meter;
  beforeEach(async () => {
    backends = new NumberedBackends();
    backends.count("received logs", 1_000);
    meter = new Meter(backends.page);
    await meter.reset();
  });

  it("tells what has been counted since", async () => {
    backends.count("received logs", 5);
    await meter.look();
    expect([meter.growth("received logs"), meter.growth("received traces")]).toEqual([5, 0]);
    expect(meter.hasRestarted("loki")).toBe(false);
  });

  it("goes on after a restart, even where the new count has passed the old one", async () => {
    backends.count("received logs", 5);
    await meter.look();
    backends.startAnew("loki");
    backends.count("received logs", 3_000);
    await meter.look();
    expect(meter.growth("received logs")).toBe(3_005);
    expect(meter.hasRestarted("loki")).toBe(true);
  });

  it("goes on after a reload, which begins to count anew in the same process", async () => {
    backends.count("failed logs", 7);
    await meter.look();
    const { startedAt } = backends;
    backends.startAnew("alloy");
    backends.startedAt = startedAt;
    backends.count("failed logs", 2);
    await meter.look();
    expect(meter.growth("failed logs")).toBe(9);
  });

  it("takes no page that comes late for one that counts from 0 again", async () => {
    const delaysMs = [0, 50, 0];
    meter = new Meter(async (part) => {
      const page = await backends.page(part);
      if (part === "alloy") await sleep(delaysMs.shift());
      return page;
    });
    await meter.reset();
    const looks = [3, 4].map((count) => {
      backends.count("sent logs", count);
      return meter.look(["alloy"]);
    });
    await Promise.all(looks);
    expect(meter.growth("sent logs")).toBe(7);
  });

  it("keeps what it has while a page cannot be read", async () => {
    const patchy = { away: false };
    meter = new Meter((part) => (patchy.away ? Promise.reject(new Error("away")) : backends.page(part)));
    await meter.reset();
    backends.count("received traces", 4);
    await meter.look();
    patchy.away = true;
    await meter.look();
    expect(meter.growth("received traces")).toBe(4);
  });
});

it("tells in Alloy's log what was refused, what had no answer, and what nobody listened to", () => {
  const line = (exporter: string, error: string) =>
    `ts=2026-11-24T02:39:12Z level=info msg="Exporting failed. Will retry the request after interval." component_path=/ component_id=otelcol.exporter.otlphttp.${exporter} error="${error}" interval=1s`;
  const log = [
    line("loki", "request to http://loki:3100/otlp/v1/logs responded with HTTP Status Code 503"),
    line("loki", 'Post \\"http://loki:3100/otlp/v1/logs\\": EOF'),
    line(
      "loki",
      'Post \\"http://loki:3100/otlp/v1/logs\\": dial tcp 10.96.25.0:3100: connect: connection refused',
    ),
    line("mimir", "responded with HTTP Status Code 503"),
    line("sumo_traces", "responded with HTTP Status Code 503"),
    "level=info msg=else component_id=otelcol.exporter.otlphttp.tempo",
  ].join("\n");
  expect(readAttempts(log)).toEqual({
    refused: { traces: 0, logs: 1, metrics: 1 },
    unanswered: { traces: 0, logs: 1, metrics: 0 },
  });
});

it("keeps Alloy's largest memory, and counts the starts of our containers alone", async () => {
  const page = (memory: number, startedAt: number) =>
    [
      `container_memory_working_set_bytes{namespace="watchtower",pod="alloy-1",container="alloy"} ${memory}`,
      `container_memory_working_set_bytes{namespace="watchtower",pod="sumo-stand-in-1",container="alloy"} 999`,
      `container_start_time_seconds{namespace="watchtower",pod="tempo-0",container="tempo"} ${startedAt}`,
      `container_start_time_seconds{namespace="kube-system",pod="etcd",container="etcd"} ${startedAt}`,
    ].join("\n");
  const pages = [page(100, 1), page(300, 1), page(200, 2)];
  const containers = new Containers(() => Promise.resolve(pages.shift()!), "watchtower");
  for (let i = 0; i < 3; i++) await containers.look();
  expect([containers.alloyMemory, containers.restarts]).toEqual([300, { tempo: 1 }]);
});
