import type { HelmValue, HelmValues } from "../../values/shared";
import { type Component, COMPONENTS } from "../../versions";
import { release, type ReleaseName, renderOf, toRender } from "../helpers/releases";
import {
  behind,
  container,
  containersOf,
  type Release,
  type Render,
  render,
  template,
} from "../helpers/render";
import { describeWith } from "../helpers/tools";

/*
 * What docs/helm-learning-notes.md says that a chart would do without a value of ours. It goes red when a newer chart
 * has lost the trap: then the note can go, and maybe the value.
 */

/** A chart with hardly any values. */
const bare = (chart: Component, values: HelmValues = {}): Release => ({ name: chart, chart, values });

/** A release of ours with one value changed; undefined: the chart's own. */
function changed(name: ReleaseName, path: string, value?: HelmValue): Release {
  const ours = structuredClone(release(name));
  const keys = path.split(".");
  const last = keys.pop()!;
  const parent = keys.reduce((values, key) => (values[key] ??= {}) as HelmValues, ours.values);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return ours;
}

const names = (made: Render, kind: string) =>
  made.objects.filter((one) => one.kind === kind).map(({ metadata }) => metadata?.name);
const requested = (made: Render) =>
  made.pods.flatMap((pod) => containersOf(pod).map(({ resources }) => resources?.requests?.memory));

describeWith(toRender(...COMPONENTS), "what the charts do without our values", () => {
  it("a name: release and chart make one, unless the release's has the chart's in it", () => {
    const own = (name: ReleaseName) => names(render(changed(name, "fullnameOverride")), "Service");
    expect(own("sumo-stand-in")).toEqual(["sumo-stand-in-alloy"]);
    expect(own("tempo")).toEqual(["tempo"]);
  });

  it.each([...COMPONENTS])("%s: a key that nobody reads is no error", (name) => {
    expect(render(changed(name, "resourcez", { limits: "none" })).text).toBe(renderOf(name).text);
  });

  it("Tempo: what is not below `tempo:` is not read, and jaeger's receivers cannot be taken out", () => {
    expect(render(changed("tempo", "storage", { trace: { backend: "s3" } })).text).toBe(
      renderOf("tempo").text,
    );
    expect(template(bare("tempo", { tempo: { receivers: { jaeger: null } } })).code).not.toBe(0);
  });

  it("Tempo: a ballast of 1 GiB, no volume, no limits of what its container may do", () => {
    const pod = render(bare("tempo")).pod();
    const { args, securityContext } = container(pod, "tempo");
    expect(args).toContain("-mem-ballast-size-mbs=1024");
    expect(args!.join()).not.toContain("shutdown-delay");
    expect([pod.claimed, securityContext ?? {}]).toEqual([[], {}]);
  });

  it("Loki: it asks for object storage first, then for caches of 11 GB", () => {
    expect(template(bare("loki")).stderr).toMatch(/Please define loki\.storage\.bucketNames/);
    const smallest = {
      loki: { storage: { type: "filesystem" }, useTestSchema: true },
      ...{ read: { replicas: 0 }, write: { replicas: 0 }, backend: { replicas: 0 } },
    };
    const made = render(bare("loki", smallest));
    expect(made.pods.map(({ owner }) => owner).sort()).toEqual([
      "Deployment loki-gateway",
      "StatefulSet loki",
      "StatefulSet loki-chunks-cache",
      "StatefulSet loki-results-cache",
    ]);
    expect(names(made, "DaemonSet")).toEqual(["loki-canary"]);
    expect(requested(made)).toEqual(expect.arrayContaining(["9830Mi", "1229Mi"]));
  });

  it("Loki: a right in the whole cluster, and a ring that cannot see its only pod", () => {
    expect(names(render(changed("loki", "rbac")), "ClusterRole")).toHaveLength(1);
    const ring = render(changed("loki", "memberlist")).one("Service", "loki-memberlist");
    expect(ring.spec?.publishNotReadyAddresses ?? false).toBe(false);
  });

  it("Mimir: 20 pods, Kafka among them, whose first switch alone leaves every write to Kafka", () => {
    const made = render(bare("mimir"));
    expect(made.pods.reduce((sum, { replicas }) => sum + replicas, 0)).toBe(20);
    expect(names(made, "StatefulSet")).toContain("mimir-kafka");
    const config = render(bare("mimir", { kafka: { enabled: false } })).config("mimir-config", "mimir.yaml");
    expect(config).toMatchObject({
      ingest_storage: { enabled: true },
      ingester: { push_grpc_method_enabled: false },
    });
  });

  it("Mimir: a scheduler that is switched off is asked still", () => {
    const made = render(changed("mimir", "query_scheduler.enabled", false));
    const { frontend } = made.config("mimir-config", "mimir.yaml") as {
      frontend: { scheduler_address: string };
    };
    expect(frontend.scheduler_address).toContain("mimir-query-scheduler-headless");
    expect(names(made, "Service")).not.toContain("mimir-query-scheduler-headless");
  });

  it("Mimir: the ring's pods wait a minute to be asked, and stop 90 s late", () => {
    const made = render(bare("mimir"));
    const of = (role: string) => container(made.pod(`mimir-${role}`), role);
    expect(of("distributor").readinessProbe?.initialDelaySeconds).toBe(45);
    expect(of("compactor").readinessProbe?.initialDelaySeconds).toBe(60);
    expect(of("distributor").args).toContain("-shutdown-delay=90s");
  });

  it("Mimir: its service account brings a token, and has no value to leave it out", () => {
    const account = { create: true, name: "mimir", automountServiceAccountToken: false };
    const [made] = render(bare("mimir", { serviceAccount: account })).ofKind("ServiceAccount");
    expect(made).not.toHaveProperty("automountServiceAccountToken");
  });

  it("Grafana: another password, and with it another pod, each time it is rendered", () => {
    const [one, two] = [bare("grafana"), bare("grafana", { unread: true })].map((each) => render(each));
    const checksum = (made: Render | undefined) =>
      made?.one("Deployment", "grafana").spec?.template.metadata?.annotations?.["checksum/secret"];
    expect(checksum(one)).toMatch(/^\w{64}$/);
    expect(checksum(one)).not.toBe(checksum(two));
  });

  it("Grafana: data sources are a template of their own, and a container of root's makes its volume", () => {
    const made = render(bare("grafana", { datasources: { "a.yaml": { name: "{{ .Release.Name }}" } } }));
    expect(made.config("grafana", "a.yaml")).toEqual({ name: "grafana" });
    const chown = container(render(changed("grafana", "initChownData")).pod(), "init-chown-data");
    expect(chown.securityContext?.runAsUser).toBe(0);
    expect(names(render(changed("grafana", "rbac")), "ClusterRole")).toHaveLength(1);
  });

  it("Alloy: one pod a node, with rights in the whole cluster", () => {
    const made = render(bare("alloy"));
    expect(names(made, "DaemonSet")).toEqual(["alloy"]);
    expect(names(made, "ClusterRole")).toEqual(["alloy"]);
  });

  it("Alloy: node ports for OTLP would give one to its own page", () => {
    const made = render(changed("alloy", "service", { type: "NodePort" }));
    expect(made.one("Service", "alloy").spec?.type).toBe("NodePort");
    expect(behind(made.one("Service", "alloy"), 12345, made.pods)).toEqual(["Deployment alloy:12345"]);
  });
});
