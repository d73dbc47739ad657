import * as fs from "node:fs";
import * as path from "node:path";
import { lokiValues } from "../../values/loki";
import { release, renderOf, toRender, type Variant } from "../helpers/releases";
import { behind, container, mountPath, template } from "../helpers/render";
import { chartFolder, describeWith, type Tool } from "../helpers/tools";

/** What is read here of Loki's own configuration. */
interface LokiConfig {
  analytics: { reporting_enabled: boolean };
  auth_enabled: boolean;
  common: { replication_factor: number; storage: { filesystem: { chunks_directory: string } } };
  compactor: { retention_enabled: boolean; delete_request_store: string; working_directory: string };
  ingester: { lifecycler: { min_ready_duration: string } };
  limits_config: {
    allow_structured_metadata: boolean;
    otlp_config: { resource_attributes: { ignore_defaults: boolean; attributes_config: object[] } };
    retention_period: string;
  };
  memberlist: { join_members: string[] };
  query_scheduler: { use_scheduler_ring: boolean };
}

function config(variant?: Variant): LokiConfig {
  return renderOf("loki", variant).config("loki", "config.yaml") as LokiConfig;
}

describeWith(toRender("loki"), "Loki, as its chart renders it", () => {
  it("is one pod with one container, and nothing beside it", () => {
    const { pods } = renderOf("loki");
    expect(pods.map(({ owner, replicas }) => [owner, replicas])).toEqual([["StatefulSet loki", 1]]);
  });

  it("is given all of our configuration", () => {
    const { commonConfig, schemaConfig, structuredConfig, storage, readinessProbe, ...rest } = lokiValues({
      retention: { logs: 72 },
    }).loki;
    expect(config()).toMatchObject({
      ...rest,
      ...structuredConfig,
      common: commonConfig,
      schema_config: schemaConfig,
    });
    expect(config().common.storage).toHaveProperty(storage.type);
    expect(container(renderOf("loki").pod(), "loki").readinessProbe).toMatchObject(readinessProbe);
  });

  it("asks no tenant of those who write and read", () => {
    expect(config().auth_enabled).toBe(false);
    expect(config().common.replication_factor).toBe(1);
  });

  it("deletes what is older than the settings say", () => {
    expect(config().limits_config.retention_period).toBe("72h");
    expect(config({ retention: { logs: 25 } }).limits_config.retention_period).toBe("25h");
    // Both, or the period is only a number.
    expect(config().compactor).toMatchObject({ retention_enabled: true, delete_request_store: "filesystem" });
  });

  it("indexes three resource attributes and none of its own list, which has the names of pods", () => {
    const { otlp_config, allow_structured_metadata } = config().limits_config;
    expect(otlp_config.resource_attributes).toEqual({
      ignore_defaults: true,
      attributes_config: [
        {
          action: "index_label",
          attributes: ["service.name", "service.namespace", "deployment.environment"],
        },
      ],
    });
    expect(allow_structured_metadata).toBe(true);
  });

  it("finds itself before it is ready: its ring's service shows pods that are not", () => {
    const made = renderOf("loki");
    const [member] = config().memberlist.join_members;
    const service = made.one("Service", member!.split(".")[0]!);
    expect(service.spec?.publishNotReadyAddresses).toBe(true);
    expect(behind(service, 7946, made.pods)).toEqual(["StatefulSet loki:7946"]);
  });

  it("is ready as soon as it can be, and tells nobody that it runs", () => {
    expect(config().query_scheduler.use_scheduler_ring).toBe(false);
    expect(config().ingester.lifecycler.min_ready_duration).toBe("0s");
    expect(config().analytics.reporting_enabled).toBe(false);
  });

  it("keeps all it writes on its volume, since nothing else of its container can be written", () => {
    const pod = renderOf("loki").pod();
    const loki = container(pod, "loki");
    expect(pod.claimed).toEqual(["storage"]);
    expect(loki.securityContext?.readOnlyRootFilesystem).toBe(true);
    const { common, compactor } = config();
    for (const folder of [common.storage.filesystem.chunks_directory, compactor.working_directory])
      expect(folder.startsWith(`${mountPath(loki, "storage")}/`)).toBe(true);
  });
});

/** Of the five charts only Loki's has one. */
function schema(): Tool {
  const file = path.join(chartFolder("loki").path ?? "", "values.schema.json");
  return { name: "values.schema.json in Loki's chart", path: fs.existsSync(file) ? file : undefined };
}

describeWith([...toRender("loki"), schema()], "the schema of Loki's values", () => {
  it("takes our values, and would refuse one of a wrong type", () => {
    const ours = release("loki");
    expect(template(ours).code).toBe(0);
    const singleBinary = { ...(ours.values.singleBinary as object), replicas: "one" };
    const { code, stderr } = template({ ...ours, values: { ...ours.values, singleBinary } });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/schema[\s\S]*replicas/);
  });
});
