import { alloyConfig, standInConfig } from "../../alloy/compose";
import { ALLOY } from "../../values/alloy";
import { ADDRESS, NAMESPACE } from "../../values/shared";
import { COMPONENTS } from "../../versions";
import { hasToken } from "../helpers/pod-security";
import { type ReleaseName, renderOf, toRender } from "../helpers/releases";
import { behind, container, mountPath, render } from "../helpers/render";
import { describeWith } from "../helpers/tools";

const TEXT = alloyConfig({ components: new Set(COMPONENTS), secondPath: true });

/** Every value that an attribute of a name has in a text of Alloy's. */
function attributes(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`^\\s*${name}\\s*= "(.*)"$`, "gm"))].map((match) => match[1]!);
}

describeWith(toRender("alloy"), "Alloy, as its chart renders it", () => {
  const pod = () => renderOf("alloy").pod();
  const alloy = () => container(pod(), "alloy");
  const flag = (name: string) =>
    alloy()
      .args!.find((arg) => arg.startsWith(`--${name}=`))
      ?.split("=")[1];
  /** Where the pod has a volume of ours. */
  const at = (volume: string) => mountPath(alloy(), volume);

  it("is one pod, the old gone before the new one starts: its queues have one writer", () => {
    const { strategy, replicas } = renderOf("alloy").one("Deployment", "alloy").spec!;
    expect({ strategy, replicas }).toEqual({ strategy: { type: "Recreate" }, replicas: 1 });
  });

  it("keeps every queue on the claim that outlives the pod", () => {
    const volume = pod().spec.volumes!.find((one) => one.persistentVolumeClaim?.claimName === ALLOY.claim);
    expect(flag("storage.path")).toBe(at(volume!.name));
    const folders = new Set(attributes(TEXT, "directory"));
    expect([...folders].map((folder) => folder.replace(at(volume!.name)!, ""))).toEqual(
      ["tempo", "mimir", "loki", "sumo"].map((name) => `/queue/${name}`),
    );
  });

  it("finds Sumo's address in a mounted Secret that its group can read, never in its environment", () => {
    const volume = pod().spec.volumes!.find((one) => one.secret?.secretName === ALLOY.credentials);
    expect(volume?.secret?.defaultMode).toBe(0o440);
    expect(pod().spec.securityContext?.fsGroup).toBe(alloy().securityContext?.runAsGroup);
    expect(attributes(TEXT, "filename")).toEqual(
      ["endpoint", "headers.json"].map((key) => `${at(volume!.name)}/${key}`),
    );
    expect(JSON.stringify(alloy().env)).not.toMatch(/sumo|secretKeyRef/i);
  });

  it("runs our text with the features it needs, and is told when it changes", () => {
    const volume = pod().spec.volumes!.find((one) => one.configMap?.name === ALLOY.configMap);
    expect(alloy().args).toContain(`${at(volume!.name)}/${ALLOY.configKey}`);
    expect(flag("stability.level")).toBe("public-preview");
    const reloader = container(pod(), "config-reloader");
    expect(reloader.args).toContain(`--watched-dir=${mountPath(reloader, volume!.name)}`);
    const listen = flag("server.http.listen-addr")!.split(":")[1];
    expect(reloader.args).toContain(`--reload-url=http://localhost:${listen}/-/reload`);
    expect(renderOf("alloy").ofKind("ConfigMap")).toEqual([]); // ours is the program's own object
  });

  it("has the chart's own reloader but for its probe: the pod is ready only while it runs", () => {
    const { image, readinessProbe, ...ours } = container(pod(), "config-reloader");
    const chart = render({ name: "alloy", chart: "alloy", values: { controller: { type: "deployment" } } });
    const { image: its, ...charts } = container(chart.pod(), "config-reloader");
    expect(image).toBe(its);
    expect(readinessProbe).toMatchObject({
      httpGet: { path: "/healthz" },
      periodSeconds: 1,
      failureThreshold: 1,
    });
    const { httpGet } = readinessProbe!;
    expect(ours.args).toEqual([...charts.args!, `--listen-address=:${httpGet!.port}`]);
    expect(ours.volumeMounts).toEqual(charts.volumeMounts);
  });

  it("takes OTLP inside the cluster, where its text listens, and shows its page to nobody outside", () => {
    const service = renderOf("alloy").one("Service", "alloy");
    const listening = attributes(TEXT, "endpoint").filter((address) => address.startsWith("0.0.0.0:"));
    expect(listening.map((address) => `Deployment alloy:${address.split(":")[1]}`)).toEqual(
      [4317, 4318].flatMap((port) => behind(service, port, [pod()])),
    );
    expect(service.spec?.type).toBe("ClusterIP");
    expect(renderOf("alloy").text).not.toMatch(/nodePort/i);
  });

  it("lets its memory limiter act before the kernel does", () => {
    const limit = parseInt(/limit\s+= "(\d+)MiB"/.exec(TEXT)![1]!, 10);
    expect(limit).toBeLessThan(parseInt(alloy().resources!.limits!.memory!, 10));
  });

  it("may read pods, their logs and events in our namespace, and nothing else of it", () => {
    const made = renderOf("alloy");
    const { rules, metadata } = made.one("Role", "alloy");
    expect(metadata?.namespace).toBe(NAMESPACE);
    expect(rules).toEqual([
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
      { apiGroups: [""], resources: ["events"], verbs: ["get", "list", "watch"] },
    ]);
    const { subjects } = made.one("RoleBinding", "alloy");
    const account = pod().spec.serviceAccountName;
    expect(account).toBe(ALLOY.serviceAccount); // which the role for the nodes is bound to, too
    expect(subjects).toEqual([{ kind: "ServiceAccount", name: account, namespace: NAMESPACE }]);
  });

  it("has no right and no token where neither Mimir nor Loki would keep what it reads", () => {
    const made = renderOf("alloy", { components: ["alloy", "tempo"] });
    expect(made.ofKind("Role")).toEqual([]);
    expect(hasToken(made.pod(), made.ofKind("ServiceAccount"))).toBe(false);
  });

  it.each<ReleaseName>(["alloy", "sumo-stand-in"])("tells nobody that it runs: %s", (name) => {
    expect(container(renderOf(name).pod(), "alloy").args).toContain("--disable-reporting");
  });
});

describeWith(toRender("alloy"), "the stand-in for Sumo, as Alloy's chart renders it", () => {
  const made = () => renderOf("sumo-stand-in");

  it("runs our text, word for word", () => {
    const [map] = made().ofKind("ConfigMap");
    expect(map?.data?.["config.alloy"]?.trim()).toBe(standInConfig().trim());
    const volume = made()
      .pod()
      .spec.volumes!.find(({ configMap }) => configMap?.name === map?.metadata?.name);
    const alloy = container(made().pod(), "alloy");
    expect(alloy.args).toContain(`${mountPath(alloy, volume!.name)}/config.alloy`);
  });

  it("takes each signal at the address that stands in for Sumo's", () => {
    const { pathname, port } = new URL(ADDRESS.sumoStandIn);
    const paths = ["traces", "metrics", "logs"].map((signal) =>
      attributes(standInConfig(), `${signal}_url_path`),
    );
    expect(paths).toEqual(["traces", "metrics", "logs"].map((signal) => [`${pathname}/v1/${signal}`]));
    expect(attributes(standInConfig(), "endpoint")).toEqual([`0.0.0.0:${port}`]);
  });

  it("is no second Alloy to those who look for the first", () => {
    const { selector } = renderOf("alloy").one("Service", "alloy").spec!;
    expect(made().pod().labels).not.toMatchObject(selector!);
  });

  it("keeps nothing, and has no claim and no reloader", () => {
    expect(JSON.stringify(made().pod().spec)).not.toMatch(/persistentVolumeClaim|reloader/);
  });
});
