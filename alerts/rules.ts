import { SECOND } from "../alloy/labels";
import { ALLOY, discarded, queueFill, refusals, SIGNALS } from "../dashboards/own-queries";
import { memoryShare, restarts } from "../dashboards/pods";
import type { Component } from "../versions";

/** Something a person would be misled by, if nobody told them. */
export interface Rule {
  /** Never changes: Grafana knows the rule by it. */
  uid: string;
  title: string;
  /** Fires while this has a value above 0. */
  expr: string;
  /** How long it must have been so, as Grafana writes it. */
  for: string;
  /** What it means, and what to do next. */
  text: string;
}

const DASHBOARD = "Dashboard Watchtower / Pipeline";

/** The rules for what this stack runs; their figures are Alloy's to gather and Mimir's to keep. */
export function rules(components: ReadonlySet<Component>): Rule[] {
  if (!components.has("alloy") || !components.has("mimir")) return [];
  return [...alloyRules(), ...backendRules(components), ...podRules()];
}

function alloyRules(): Rule[] {
  return [
    {
      uid: "watchtower-token-refused",
      title: "The second path's token is refused",
      expr: `sum(rate(http_client_request_duration_seconds_count{path="${SECOND}", http_response_status_code=~"401|403"}[5m]))`,
      for: "0s",
      text: "Sumo answers 401 or 403, and what it refuses is lost to it. Set its source's address anew: `pulumi config set --secret sumoEndpoint https://…`, then `pulumi up`.",
    },
    {
      uid: "watchtower-path-refusing",
      title: "A path does not take what it is sent",
      expr: refusals("5m"),
      for: "5m",
      text: `The label path says which: the queue on disk holds what it is to get. If it is tempo, loki or mimir, see \`npm run status\`; if it is sumo, whether the network reaches it. ${DASHBOARD} shows its answers and the queue.`,
    },
    {
      uid: "watchtower-given-up",
      title: "A path has lost telemetry",
      expr: anySignal(["exporter_send_failed", "exporter_enqueue_failed"], "path"),
      for: "0s",
      text: `Refused for good, or the queue was full: the label path says which path lacks it now, the other has it. ${DASHBOARD}, panel Given up; the reason is in \`npm run logs -- alloy\`.`,
    },
    {
      uid: "watchtower-queue-filling",
      title: "A queue is more than half full",
      expr: `${queueFill()} > 0.5`,
      for: "1m",
      text: "When it is full, newer telemetry is lost to this path. Mend what it writes to; if that is Sumo and it will be long, `pulumi config set sumoEnabled false` and `pulumi up`.",
    },
    {
      uid: "watchtower-refused",
      title: "Alloy refuses telemetry",
      expr: anySignal(["receiver_refused"], "job"),
      for: "1m",
      text: "It is short of memory: senders that do not try again lose what they send. Send less at once, or give it more in values/sizes.ts, with the memory limiter of alloy/ingest.alloy.",
    },
    {
      uid: "watchtower-configuration-refused",
      title: "Alloy refused its newest configuration",
      expr: `alloy_config_last_load_successful{${ALLOY}} == bool 0`,
      for: "1m",
      text: "It runs the one before, so the last `pulumi up` has not taken effect. Why is in `npm run logs -- alloy`.",
    },
    {
      uid: "watchtower-component-failed",
      title: "A component of Alloy does not work",
      expr: `sum(alloy_component_controller_running_components{${ALLOY}, health_type="unhealthy"}) > bool 0`,
      for: "1m",
      text: "If it is a path's, that path gets nothing. `npm run logs -- alloy --no-follow` says which and why; for `invalid database` see docs/troubleshooting.md.",
    },
    {
      uid: "watchtower-silent",
      title: "Alloy tells nothing of itself",
      expr: `absent(up{${ALLOY}})`,
      for: "5m",
      text: "The other rules and the dashboard Pipeline are blind. See `npm run status` for Alloy and Mimir.",
    },
  ];
}

/** What Tempo discards most easily, after an outage, is the least of a loss. */
const LATE_SPANS =
  " If it is outside_metrics_ingestion_slack, no trace lacks anything: the spans came late, and the dashboards Services and Service map leave them out.";

function backendRules(components: ReadonlySet<Component>): Rule[] {
  const discarding = SIGNALS.filter(({ backend }) => components.has(backend)).map(
    ({ backend, local, thrownAway }): Rule => ({
      uid: `watchtower-${backend}-discarding`,
      title: `${local} throws telemetry away`,
      expr: anyOf(thrownAway.map((counter) => discarded(counter, "5m"))),
      for: "0s",
      text: `It took it, said so, and dropped it: the label reason names the limit. Raise it in values/${backend}.ts, or send less.${backend === "tempo" ? LATE_SPANS : ""}`,
    }),
  );
  return [
    ...discarding,
    ...(components.has("tempo") ? [TEMPO_CANNOT_WRITE] : []),
    ...(components.has("loki") ? [DISK_FILLS_UP] : []),
  ];
}

/** It goes on saying "taken", and counts no failure. In health a block is written at most a minute after its spans came. */
const TEMPO_CANNOT_WRITE: Rule = {
  uid: "watchtower-tempo-cannot-write",
  title: "Tempo cannot write",
  expr: "(sum(increase(tempo_distributor_spans_received_total[2m])) > bool 0) * (sum(increase(tempo_ingester_blocks_flushed_total[2m])) == bool 0)",
  for: "2m",
  text: "Spans that it took are lost to it, and it may find others no more. Make room (`docker system df` shows what Docker holds), then `npm run restart -- tempo`.",
};

const DISK_FILLS_UP: Rule = {
  uid: "watchtower-disk-filling",
  title: "The disk fills up",
  expr: "max(loki_ingester_wal_disk_usage_percent) > 0.85",
  for: "5m",
  text: "At 90 % Loki stops its log, and soon nobody can write. In kind it is the laptop's disk: free some (`docker system df` shows what Docker holds), or keep less (`pulumi config set --path retention.logs 24h`).",
};

function podRules(): Rule[] {
  return [
    {
      uid: "watchtower-restarting",
      title: "A container keeps restarting",
      expr: `${restarts("15m")} > 1`,
      for: "0s",
      text: "`npm run status` says why; OOMKilled: give it more memory in values/sizes.ts.",
    },
    {
      uid: "watchtower-memory",
      title: "A container is close to its memory limit",
      expr: `(${memoryShare()}) > 0.9`,
      for: "5m",
      text: "At its limit it is killed, with what it holds in memory. Give it more in values/sizes.ts, or send less.",
    },
    {
      uid: "watchtower-unscraped",
      title: "A program's metrics are missing",
      expr: `up{job=~"watchtower/.+"} == bool 0`,
      for: "5m",
      text: "Its panels are stale, whatever they show. See `npm run status`; for the kubelet, whether this cluster's kubelets answer at port 10250.",
    },
  ];
}

/** What some of Alloy's counters counted of any signal within five minutes, where they did. */
function anySignal(counters: string[], by: string): string {
  const counted = SIGNALS.flatMap(({ items }) =>
    counters.map((counter) => `otelcol_${counter}_${items}_total`),
  );
  return anyOf(counted.map((name) => `sum by (${by}) (increase(${name}{${ALLOY}}[5m]))`));
}

/** Those that are above 0: a 0 would stand in the place of another's value with the same labels. */
function anyOf(exprs: string[]): string {
  return exprs.map((expr) => `(${expr} > 0)`).join(" or ");
}
