import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Component } from "../versions";
import { type AnyPanel, dashboard } from "./build";
import * as own from "./own-queries";
import { type Line, lines, logs } from "./panels";
import { cpuUse, memoryShare, perContainer, restarts } from "./pods";

/** Whether telemetry flows, and where it stops if not: Alloy, its paths, the backends, the pods. */
export function pipelineDashboard(components: ReadonlySet<Component>): Dashboard {
  return dashboard({
    uid: "watchtower-pipeline",
    title: "Pipeline",
    description:
      "Whether telemetry flows, and where it stops if not: Alloy, its paths, the backends, the pods",
    sections: [
      { title: "What comes in", panels: incoming() },
      { title: "Alloy's paths", panels: paths() },
      {
        title: "Backends",
        panels: own.SIGNALS.filter(({ backend }) => components.has(backend)).flatMap(ingest),
      },
      { title: "Pods", panels: pods(components) },
      { title: "What the stack says", panels: components.has("loki") ? said() : [] },
    ],
  });
}

/** A line for each signal. */
function perSignal(expr: (items: string) => string, legend = ""): Line[] {
  return own.SIGNALS.map(({ items, title }) => [expr(items), `${title}${legend}`]);
}

/** A line for each path and signal. */
function perPath(counter: string): Line[] {
  return own.SIGNALS.map(({ items, title }) => [
    own.orZero(`sum by (path) (rate(otelcol_${counter}_${items}_total{${own.ALLOY}}[$__rate_interval]))`),
    `${title} {{path}}`,
  ]);
}

function incoming(): AnyPanel[] {
  return [
    lines(
      { title: "Accepted", description: "Spans, metric points and log records that Alloy took, each second" },
      ...perSignal((items) => own.alloyRate("receiver_accepted", items)),
    ),
    lines(
      {
        title: "Refused",
        description: "What Alloy sent back to its senders, who should try again: it is short of memory",
      },
      ...perSignal((items) => own.alloyRate("receiver_refused", items)),
    ),
    lines(
      {
        title: "Scraped",
        description: "1: the program's metrics page answers; 0: it does not, and its panels are stale",
      },
      [`min by (job, instance) (up{job=~"watchtower/.+"})`, "{{job}} {{instance}}"],
    ).max(1),
    lines(
      {
        title: "Configuration",
        description: "1: Alloy runs its newest configuration; 0: it refused it, and runs the one before",
      },
      [`min(alloy_config_last_load_successful{${own.ALLOY}})`, "accepted"],
    ).max(1),
  ];
}

function paths(): AnyPanel[] {
  return [
    lines(
      { title: "Sent", description: "What the other side of each path took, each second" },
      ...perPath("exporter_sent"),
    ),
    lines(
      {
        title: "Given up",
        description: "What the other side refused for good (401: a wrong token) and is lost to this path",
      },
      ...perPath("exporter_send_failed"),
      ...perSignal((items) => own.alloyRate("exporter_enqueue_failed", items), " that found the queue full"),
    ),
    lines(
      {
        title: "Refusals",
        description:
          "Answers other than success, each second: while they are 429, 502, 503, 504 or no answer at all, Alloy tries again",
      },
      [own.orZero(own.refusals()), "{{path}} {{http_response_status_code}} {{error_type}}"],
    ),
    lines(
      {
        title: "Queues",
        description: "How full the queues on disk are, by path and signal",
        unit: "percentunit",
      },
      [own.queueFill(), "{{path}} {{data_type}}"],
    ).max(1),
  ];
}

/** What a backend tells of itself: how much it takes, and how much it holds of what. */
const INGEST: Partial<Record<Component, { taken: string; held: Line }>> = {
  tempo: {
    taken: "tempo_distributor_spans_received_total",
    held: ["tempo_ingester_live_traces", "traces not yet written out"],
  },
  mimir: {
    taken: "cortex_distributor_received_samples_total",
    held: ["cortex_ingester_memory_series", "series in memory"],
  },
  loki: {
    taken: "loki_distributor_lines_received_total",
    held: ["loki_ingester_memory_streams", "streams in memory"],
  },
};

function ingest({ backend, local, thrownAway }: (typeof own.SIGNALS)[number]): AnyPanel[] {
  const { taken, held } = INGEST[backend]!;
  return [
    lines({ title: `${local}: taken`, description: `What ${local} took in, each second`, span: 8 }, [
      `sum(rate(${taken}[$__rate_interval]))`,
      "taken",
    ]),
    lines(
      {
        title: `${local}: thrown away`,
        description: `What ${local} took and threw away all the same, by reason`,
        span: 8,
      },
      ...thrownAway.map((counter): Line => [own.orZero(own.discarded(counter)), "{{reason}}"]),
    ),
    lines(
      {
        title: `${local}: held`,
        description: `What ${local} holds in memory: its limits are set for this`,
        span: 8,
      },
      [`sum(${held[0]})`, held[1]],
    ),
  ];
}

function pods(components: ReadonlySet<Component>): AnyPanel[] {
  return [
    lines(
      {
        title: "Memory",
        description: "Share of its limit that each container uses; at 100 % it is killed",
        unit: "percentunit",
      },
      perContainer(memoryShare()),
    ),
    lines({ title: "CPU", description: "Cores that each container uses" }, perContainer(cpuUse())),
    lines(
      { title: "Restarts", description: "How often each container was started anew in the last hour" },
      perContainer(restarts("1h")),
    ),
    ...(components.has("loki") ? [disk()] : []),
  ];
}

/** Nobody else tells of a volume here: the kubelet is silent about the kind that kind gives. */
function disk(): AnyPanel {
  return lines(
    {
      title: "Disk",
      description:
        "Share of Loki's volume in use, which on kind is the laptop's disk; at 90 % Loki stops its log",
      unit: "percentunit",
    },
    ["max(loki_ingester_wal_disk_usage_percent)", "in use"],
  ).max(1);
}

function said(): AnyPanel[] {
  return [
    logs(
      { title: "Warnings and errors", description: "What the stack's own pods complain of" },
      `{job="watchtower/pods"} | detected_level=~"warn|error|critical|fatal"`,
    ),
    logs(
      { title: "Events", description: "What Kubernetes tells of the namespace" },
      `{job="watchtower/events"}`,
    ),
  ];
}
