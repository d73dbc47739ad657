import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { SECOND } from "../alloy/labels";
import type { Component } from "../versions";
import { type AnyPanel, dashboard } from "./build";
import * as own from "./own-queries";
import { lines } from "./panels";

/**
 * The local path and the second side by side. It is the same whether the second is on or off, so that switching it
 * changes Alloy's configuration alone: while it is off, its lines lie at 0.
 */
export function dualWriteDashboard(components: ReadonlySet<Component>): Dashboard {
  return dashboard({
    uid: "watchtower-dual-write",
    title: "Dual-write",
    description:
      "The local path and the second side by side; while the second write is off, its lines lie at 0",
    sections: [
      { title: "Second path", panels: secondPath() },
      ...own.SIGNALS.filter(({ backend }) => components.has(backend)).map((signal) => ({
        title: signal.title,
        panels: sideBySide(signal),
      })),
    ],
  });
}

function secondPath(): AnyPanel[] {
  return [
    lines({ title: "Second write", description: "1: on; 0: off", span: 8 }, [own.secondPathRuns(), "on"]).max(
      1,
    ),
    lines(
      {
        title: "Waiting",
        description: "Bytes on disk that a path has still to send",
        unit: "bytes",
        span: 8,
      },
      [own.queuedBytes(SECOND), "second path"],
      [own.orZero(`sum(otelcol_exporter_queue_size{${own.ALLOY}, path!="${SECOND}"})`), "local paths"],
    ),
    lines(
      {
        title: "Lag",
        description: "How many seconds' worth of telemetry, as it comes in now, waits for the second path",
        unit: "s",
        span: 8,
      },
      [`${own.queuedBytes(SECOND)} / clamp_min(${own.localBytes()}, 1)`, "second path"],
    ),
  ];
}

function sideBySide({ title, items, backend, local }: (typeof own.SIGNALS)[number]): AnyPanel[] {
  const sent = (path: string) => own.alloyRate("exporter_sent", items, path);
  const total = (path: string) =>
    own.orZero(`sum(increase(otelcol_exporter_sent_${items}_total{${own.ALLOY}, path="${path}"}[$__range]))`);
  return [
    lines(
      {
        title: `${title}: sent`,
        description: `What ${local} and the second path took, each second`,
        span: 8,
      },
      [sent(backend), local],
      [sent(SECOND), "second path"],
    ),
    lines(
      {
        title: `${title}: difference`,
        description:
          "How many more the local path took within the chosen time, also while the second was off; 0 once the queue is empty, unless some were given up",
        span: 8,
      },
      [`(${total(backend)} - ${total(SECOND)}) * ${own.secondPathRuns()}`, `${local} - second path`],
    ),
    lines(
      { title: `${title}: given up`, description: "What either refused for good, each second", span: 8 },
      [own.alloyRate("exporter_send_failed", items, backend), local],
      [own.alloyRate("exporter_send_failed", items, SECOND), "second path"],
    ),
  ];
}
