import { alerts } from "../../alerts";
import { COMPONENTS } from "../../versions";
import { GRAFANA, grafanaCommand } from "../../values/grafana";
import { NODE_PORT } from "../../values/shared";
import { release, VARIANTS, renderOf, toRender, type Variant } from "../helpers/releases";
import { behind, container, mountPath, render } from "../helpers/render";
import { describeWith } from "../helpers/tools";

interface DataSources {
  datasources: { uid: string; type: string; url: string; isDefault?: boolean }[];
}

function datasources(variant?: Variant): DataSources["datasources"] {
  return (renderOf("grafana", variant).config("grafana", "datasources.yaml") as DataSources).datasources;
}

/** Everything in the data sources that Grafana would expand on its way from the file: a lone `$`. */
function expanded(): string[] {
  return (
    JSON.stringify(datasources())
      .replace(/\$\$/g, "")
      .match(/\$.{0,20}/g) ?? []
  );
}

describeWith(toRender("grafana"), "Grafana, as its chart renders it", () => {
  const pod = () => renderOf("grafana").pod();
  const grafana = () => container(pod(), "grafana");

  it("has the three backends as data sources, by uids that never change, Mimir first", () => {
    expect(datasources().map(({ uid, type, isDefault }) => ({ uid, type, isDefault }))).toEqual([
      { uid: "mimir", type: "prometheus", isDefault: true },
      { uid: "loki", type: "loki" },
      { uid: "tempo", type: "tempo" },
    ]);
  });

  it.each(["tempo", "loki", "mimir"])("links no data source to %s where it does not run", (gone) => {
    const rest = datasources({ components: COMPONENTS.filter((name) => name !== gone) });
    expect(rest.map(({ uid }) => uid)).toHaveLength(2);
    expect(JSON.stringify(rest)).not.toContain(`"${gone}"`);
  });

  it("keeps its variables from being expanded in the file, by a second dollar sign", () => {
    expect(expanded()).toEqual([]);
    const text = JSON.stringify(datasources());
    for (const variable of ["{__value.raw}", "{__tags}", "{__trace.traceId}", "__tags}", "__rate_interval]"])
      expect(text).toContain(`$$${variable}`);
  });

  it("finds data sources and dashboards where it looks for them", () => {
    const provisioning = grafana().env!.find(({ name }) => name === "GF_PATHS_PROVISIONING")!.value;
    const mounted = grafana().volumeMounts!.map((mount) => mount.mountPath);
    expect(mounted).toContain(`${provisioning}/datasources/datasources.yaml`);
    expect(mounted).toContain(`${provisioning}/dashboards/dashboardproviders.yaml`);
    const { providers } = renderOf("grafana").config("grafana", "dashboardproviders.yaml") as {
      providers: { options: { path: string } }[];
    };
    const volume = pod().spec.volumes!.find(({ configMap }) => configMap?.name === GRAFANA.dashboards);
    expect(providers.map(({ options }) => options.path)).toEqual([mountPath(grafana(), volume!.name)]);
  });

  it("finds our alert rules where it looks for them, word for word", () => {
    const rules = alerts(new Set(COMPONENTS));
    expect(renderOf("grafana").config("grafana", "rules.yaml")).toEqual(rules);
    const provisioning = grafana().env!.find(({ name }) => name === "GF_PATHS_PROVISIONING")!.value;
    expect(grafana().volumeMounts).toContainEqual(
      expect.objectContaining({ mountPath: `${provisioning}/alerting/rules.yaml`, subPath: "rules.yaml" }),
    );
    const { text } = renderOf("grafana", VARIANTS["without Mimir"]);
    expect(text).not.toContain("rules.yaml");
  });

  it("takes user and password from our Secret, and has neither in its own text", () => {
    const { text } = renderOf("grafana");
    const refs = grafana().env!.filter(({ name }) => name.startsWith("GF_SECURITY_ADMIN_"));
    expect(refs.map(({ valueFrom }) => valueFrom?.secretKeyRef)).toEqual([
      { name: GRAFANA.admin, key: GRAFANA.userKey },
      { name: GRAFANA.admin, key: GRAFANA.passwordKey },
    ]);
    expect(text).not.toMatch(/admin_password|adminPassword|kind: Secret/);
  });

  it("runs our command, word for word, once the password was changed, and its image's own before", () => {
    const first = release("grafana");
    const changed = { ...first, values: { ...first.values, command: grafanaCommand("5ca1ab1e") } };
    expect(grafana().command).toBeUndefined();
    expect(container(render(changed).pod(), "grafana").command).toEqual(grafanaCommand("5ca1ab1e"));
  });

  it("answers on the node's port that kind maps, on our own cluster only", () => {
    const service = (variant?: Variant) => renderOf("grafana", variant).one("Service", "grafana");
    expect(service().spec).toMatchObject({
      type: "NodePort",
      ports: [{ port: 80, nodePort: NODE_PORT.grafana }],
    });
    const inside = service(VARIANTS["on an existing cluster"]).spec!;
    expect(inside.type).toBe("ClusterIP");
    expect(inside.ports![0]).not.toHaveProperty("nodePort");
    expect(behind(service(), 80, [pod()])).toEqual(["Deployment grafana:3000"]);
  });

  it("is asked for its health at a path that needs no login", () => {
    const probe = grafana().readinessProbe?.httpGet;
    expect(probe).toEqual({ path: "/api/health", port: "grafana" });
  });

  it("keeps its database on a claim, and never has two pods on it", () => {
    const made = renderOf("grafana");
    expect(made.one("Deployment", "grafana").spec?.strategy?.type).toBe("Recreate");
    const volume = pod().spec.volumes!.find(({ persistentVolumeClaim }) => persistentVolumeClaim);
    expect(volume!.persistentVolumeClaim!.claimName).toBe(GRAFANA.claim);
    made.one("PersistentVolumeClaim", GRAFANA.claim);
    expect(mountPath(grafana(), volume!.name)).toBe("/var/lib/grafana");
  });

  it("asks the internet for nothing when it starts", () => {
    const ini = renderOf("grafana").one("ConfigMap", "grafana").data!["grafana.ini"];
    for (const line of [
      "preinstall_disabled = true",
      "check_for_updates = false",
      "reporting_enabled = false",
    ])
      expect(ini).toContain(`${line}\n`);
    expect(pod().spec.initContainers).toBeUndefined();
  });
});
