import { standInConfig } from "../../alloy/compose";
import { amountText, sizeOf, total } from "../../scripts/plan/sizes";
import { isRecord } from "../../settings/raw";
import { alloyValues, sumoStandInValues } from "../../values/alloy";
import { datasources } from "../../values/datasources";
import { grafanaValues } from "../../values/grafana";
import { lokiValues } from "../../values/loki";
import { mimirValues } from "../../values/mimir";
import { ADDRESS } from "../../values/shared";
import { tempoValues } from "../../values/tempo";
import { ROOM } from "../../values/tempo-room";
import { type Component, COMPONENTS } from "../../versions";

const retention = { traces: 24, logs: 72, metrics: 96 };
const everything = new Set(COMPONENTS);
const charts = {
  tempo: tempoValues({ retention, withMimir: true }),
  loki: lokiValues({ retention }),
  mimir: mimirValues({ retention }),
  grafana: grafanaValues({ components: everything, rootUrl: "http://localhost:3000", exposed: true }),
  alloy: alloyValues({ components: new Set(COMPONENTS) }),
  "sumo-stand-in": sumoStandInValues({ config: standInConfig() }),
};
type Chart = keyof typeof charts;

/** Each object in a chart's values, however deep. */
function objectsIn(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  return isRecord(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : [];
}

/** Every set of components that has Grafana. */
const subsets = [...Array(8).keys()].map(
  (bits) => new Set<Component>([...COMPONENTS.slice(0, 3).filter((_, i) => bits & (1 << i)), "grafana"]),
);

describe("requests and limits", () => {
  it.each<[Chart, number, string, string, string, string]>([
    ["tempo", 2, "110m", "272Mi", "550m", "1056Mi"],
    ["loki", 1, "100m", "256Mi", "500m", "512Mi"],
    ["mimir", 7, "400m", "1024Mi", "2000m", "2048Mi"],
    ["grafana", 1, "50m", "128Mi", "250m", "512Mi"],
    ["alloy", 2, "110m", "160Mi", "550m", "320Mi"],
  ])("of %s (%d containers) keep to the budget: %s %s to %s %s", (chart, containers, ...budget) => {
    const size = sizeOf(charts[chart]);
    expect(size.containers).toBe(containers);
    expect([...amountText(size.requests), ...amountText(size.limits)]).toEqual(budget);
  });

  it("of the whole stack leave three eighths of a laptop with 8 GiB, and half of 4 cores, alone", () => {
    const { limits, requests } = total(Object.values(charts).map(sizeOf));
    expect(limits.mebibytes).toBeLessThan(5120);
    expect(requests.millicores).toBeLessThan(2000);
  });

  const sized = Object.entries(charts).flatMap(([chart, values]) =>
    objectsIn(values)
      .filter((container) => isRecord(container.resources) && "limits" in container.resources)
      .map((container): [string, Record<string, unknown>] => [chart, container]),
  );

  it.each(sized)("of a container of %s ask for no more than they allow", (_, { resources }) => {
    const { requests, limits } = sizeOf({ resources });
    expect(requests.mebibytes).toBeLessThanOrEqual(limits.mebibytes);
    expect(requests.millicores).toBeLessThanOrEqual(limits.millicores);
  });

  // Alloy's collector has its memory limiter to keep to: alloy-config.test.ts.
  const ours = sized.filter(
    ([, one]) =>
      one !== charts.grafana &&
      one !== charts.alloy.alloy &&
      one.name !== "config-reloader" &&
      one.name !== ROOM.container,
  );
  it.each(ours)(
    "of a container of %s leave its garbage collector room below the kernel's line",
    (_, { resources, env, extraEnv }) => {
      const variables = (env ?? extraEnv) as { name: string; value: string }[];
      const collected = parseInt(variables.find(({ name }) => name === "GOMEMLIMIT")!.value, 10);
      const { limits } = sizeOf({ resources });
      expect(collected).toBeLessThan(limits.mebibytes);
      expect(collected).toBeGreaterThan(limits.mebibytes * 0.8);
    },
  );
});

describe("retention", () => {
  it("reaches the backend that keeps the signal", () => {
    expect(charts.tempo.tempo.retention).toBe("24h");
    expect(charts.loki.loki.limits_config.retention_period).toBe("72h");
    expect(charts.mimir.mimir.structuredConfig.limits).toMatchObject({
      compactor_blocks_retention_period: "96h",
    });
  });

  it("is carried out by Loki: without both switches nothing is ever deleted", () => {
    expect(charts.loki.loki.compactor).toMatchObject({
      retention_enabled: true,
      delete_request_store: charts.loki.loki.storage.type,
    });
  });
});

describe("Tempo", () => {
  it("without Mimir makes no metrics and knows no address to write them to", () => {
    const values = tempoValues({ retention, withMimir: false });
    expect(values.tempo.metricsGenerator).toEqual({ enabled: false });
    expect(values.tempo.overrides.defaults).not.toHaveProperty("metrics_generator");
    expect(JSON.stringify(values)).not.toMatch(/remote_?write|mimir|span-metrics/i);
  });

  it("with Mimir writes span metrics there, with exemplars under the name that Grafana looks for", () => {
    const { metricsGenerator, overrides } = charts.tempo.tempo;
    expect(metricsGenerator).toMatchObject({
      enabled: true,
      storage: { remote_write: [{ url: ADDRESS.mimirRemoteWrite, send_exemplars: true }] },
    });
    const label = overrides.defaults.metrics_generator?.trace_id_label_name;
    const mimir = datasources(everything).find(({ uid }) => uid === "mimir")!;
    expect(mimir.jsonData).toMatchObject({
      exemplarTraceIdDestinations: [{ name: label, datasourceUid: "tempo" }],
    });
  });
});

describe("Mimir", () => {
  it("shares one volume among all who read or write blocks, and stores them on it", () => {
    const { ingester, store_gateway, compactor, querier, extraObjects, mimir } = charts.mimir;
    const claims = extraObjects.filter(({ kind }) => kind === "PersistentVolumeClaim");
    for (const role of [ingester, store_gateway, compactor, querier]) {
      const volume = role.extraVolumes[0]!;
      expect(claims.map(({ metadata }) => metadata.name)).toEqual([volume.persistentVolumeClaim.claimName]);
      const mount = role.extraVolumeMounts.find(({ name }) => name === volume.name)!;
      expect(mimir.structuredConfig.blocks_storage).toMatchObject({
        filesystem: { dir: expect.stringMatching(`^${mount.mountPath}/`) as string },
      });
    }
  });
});

describe("Grafana's data sources", () => {
  it.each(subsets.map((components): [string, Set<Component>] => [[...components].join("+"), components]))(
    "of %s are its backends, and lead only to each other",
    (_, components) => {
      const made = datasources(components);
      const uids = made.map(({ uid }) => uid);
      expect(new Set(uids)).toEqual(new Set([...components].filter((name) => name !== "grafana")));
      const led = objectsIn(made).flatMap((link) => ("datasourceUid" in link ? [link.datasourceUid] : []));
      expect(led.filter((uid) => !uids.includes(uid as string))).toEqual([]);
    },
  );

  it("lead from traces to logs, metrics and service map, and from logs and exemplars to traces", () => {
    const [tempo, loki, mimir] = ["tempo", "loki", "mimir"].map(
      (uid) => datasources(everything).find((source) => source.uid === uid)!.jsonData,
    );
    expect(tempo).toMatchObject({
      tracesToLogsV2: { datasourceUid: "loki" },
      tracesToMetrics: { datasourceUid: "mimir" },
      serviceMap: { datasourceUid: "mimir" },
    });
    expect(loki).toMatchObject({ derivedFields: [{ datasourceUid: "tempo" }] });
    expect(mimir).toMatchObject({ exemplarTraceIdDestinations: [{ datasourceUid: "tempo" }] });
  });

  it("write each $ twice, or provisioning takes what follows for a variable of its own", () => {
    const runs = JSON.stringify(datasources(everything)).match(/\$+/g) ?? [];
    expect(runs.length).toBeGreaterThan(0);
    expect(runs.filter((run) => run.length % 2 === 1)).toEqual([]);
  });

  it("hold nothing that the chart's templates would take for theirs", () => {
    expect(JSON.stringify(datasources(everything))).not.toContain("{{");
  });

  it("have one default at most", () => {
    for (const components of subsets)
      expect(datasources(components).filter(({ isDefault }) => isDefault).length).toBeLessThanOrEqual(1);
  });
});

describe("the stand-in for Sumo", () => {
  it("listens where the second path writes to", () => {
    const { hostname, port, pathname } = new URL(ADDRESS.sumoStandIn);
    const { fullnameOverride, alloy } = charts["sumo-stand-in"];
    expect(hostname.split(".")[0]).toBe(fullnameOverride);
    expect(alloy.extraPorts.map((service) => String(service.port))).toContain(port);
    expect(alloy.configMap.content).toContain(`endpoint         = "0.0.0.0:${port}"`);
    for (const signal of ["traces", "metrics", "logs"])
      expect(alloy.configMap.content).toMatch(new RegExp(`${signal}_url_path += "${pathname}/v1/${signal}"`));
  });
});

describe("no chart", () => {
  it.each(Object.entries(charts))("%s opens a node port of its own, but Grafana's", (name, values) => {
    const opened = objectsIn(values).filter(
      (service) => "nodePort" in service || service.type === "NodePort",
    );
    expect(opened).toHaveLength(name === "grafana" ? 1 : 0);
  });
});

describe("gossip", () => {
  it("of Loki and of Mimir bears labels of their own, so that a reused address cannot join the two rings", () => {
    const retention = { traces: 24, logs: 24, metrics: 24 };
    const labels = [
      lokiValues({ retention }).loki.structuredConfig.memberlist.cluster_label,
      (mimirValues({ retention }).mimir.structuredConfig.memberlist as { cluster_label?: string })
        .cluster_label,
    ];
    expect(labels.filter(Boolean)).toHaveLength(2);
    expect(new Set(labels).size).toBe(2);
  });
});
