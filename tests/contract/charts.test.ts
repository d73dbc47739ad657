import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { sizeOf, total } from "../../scripts/plan/sizes";
import { CONTAINERS } from "../../values/containers";
import { ADDRESS, NAMESPACE } from "../../values/shared";
import { CHARTS, COMPONENTS } from "../../versions";
import { hasToken, restrictedFaults } from "../helpers/pod-security";
import { release, type ReleaseName, RELEASES, renderOf, toRender, VARIANTS } from "../helpers/releases";
import { behind, containersOf, type Pod, render, type Render, template } from "../helpers/render";
import { chartFolder, describeWith } from "../helpers/tools";

const ALL = toRender(...COMPONENTS);

/** Each variant's render of a release, with the variant's name. */
function everyVariant(name: ReleaseName): [string, Render][] {
  return Object.entries(VARIANTS).map(([label, variant]) => [label, renderOf(name, variant)]);
}

/** What is wrong with the release in some variant, with the variant's name. */
function faultsOf(name: ReleaseName, find: (render: Render) => string[]): string[] {
  return everyVariant(name).flatMap(([label, made]) => find(made).map((fault) => `${label}: ${fault}`));
}

describeWith(ALL, "the charts at hand", () => {
  it.each(COMPONENTS)("are the pinned ones: %s", (component) => {
    const file = fs.readFileSync(path.join(chartFolder(component).path!, "Chart.yaml"), "utf8");
    const { name, version, appVersion } = parse(file) as Record<string, string>;
    const { chart, ...pin } = CHARTS[component];
    // A weekly build of the pinned version has an image of its own.
    const weekly = /-weekly\.\d+$/.test(version!);
    expect({ name, version: version!.replace(/-weekly\.\d+$/, "") }).toEqual({
      name: chart,
      version: pin.version,
    });
    if (!weekly) expect(String(appVersion)).toBe(pin.appVersion);
  });
});

describeWith(ALL, "each release", () => {
  // Anything else would reach out of the namespace, or give a pod rights that none of ours needs.
  const OURS =
    /^(ConfigMap|Deployment|PersistentVolumeClaim|PodDisruptionBudget|Service|ServiceAccount|StatefulSet)$/;

  it.each(RELEASES)("renders to the same text each time: %s", (name) => {
    expect(template(release(name)).stdout).toBe(renderOf(name).text);
  });

  it.each(RELEASES)(
    "stays in its namespace, asks for no rights unless it is Alloy, runs no job: %s",
    (name) => {
      const allowed = name === "alloy" ? /^Role(Binding)?$/ : /^$/;
      const strangers = faultsOf(name, ({ installed }) =>
        installed
          .filter(
            ({ kind, metadata }) =>
              !(OURS.test(kind!) || allowed.test(kind!)) || (metadata!.namespace ?? NAMESPACE) !== NAMESPACE,
          )
          .map(({ kind, metadata }) => `${kind} ${metadata!.name}`),
      );
      expect(strangers).toEqual([]);
    },
  );

  it.each(RELEASES)("leaves its data there when it is taken away: %s", (name) => {
    const lost = faultsOf(name, ({ installed }) =>
      installed
        .filter((object) =>
          object.kind === "PersistentVolumeClaim"
            ? object.metadata!.annotations?.["helm.sh/resource-policy"] !== "keep"
            : /"when(Deleted|Scaled)":"Delete"/.test(JSON.stringify(object)),
        )
        .map(({ kind, metadata }) => `${kind} ${metadata!.name}`),
    );
    expect(lost).toEqual([]);
  });

  it.each(RELEASES)("has pods that the namespace's standard admits: %s", (name) => {
    expect(faultsOf(name, ({ pods }) => pods.flatMap(restrictedFaults))).toEqual([]);
  });

  it("has them so by our values: Tempo's chart by itself would be refused", () => {
    const { pods } = render({ name: "tempo", chart: "tempo", values: {} });
    expect(pods.flatMap(restrictedFaults)).not.toEqual([]);
  });

  it.each(RELEASES)("gives no pod a token of the cluster's API, but Alloy's: %s", (name) => {
    const holders = faultsOf(name, (made) =>
      made.pods.filter((pod) => hasToken(pod, made.ofKind("ServiceAccount"))).map(({ owner }) => owner),
    );
    const expected =
      name === "alloy" ? Object.keys(VARIANTS).map((label) => `${label}: Deployment alloy`) : [];
    expect(holders).toEqual(expected);
  });

  it.each(RELEASES)("takes every image from the mirror, under the name it has at home: %s", (name) => {
    const registry = VARIANTS["with a registry mirror"]!.imageRegistry!;
    const images = ({ objects }: Render) => JSON.stringify(objects).match(/(?<="image":")[^"]+/g) ?? [];
    const atHome = images(renderOf(name));
    expect(atHome).not.toEqual([]);
    expect(images(renderOf(name, { imageRegistry: registry }))).toEqual(
      atHome.map((image) => image.replace(/^[^/]+\.io\//, `${registry}/`)),
    );
  });

  it.each(RELEASES)("asks a new pod early, and often, whether it is ready: %s", (name) => {
    const probes = renderOf(name).pods.map(({ owner, spec }) => {
      const { initialDelaySeconds = 0, periodSeconds = 10 } = spec.containers[0]!.readinessProbe!;
      return { owner, initialDelaySeconds, periodSeconds };
    });
    for (const probe of probes) {
      expect(probe.initialDelaySeconds).toBeLessThanOrEqual(3);
      if (!/alloy|sumo/.test(name)) expect(probe.periodSeconds).toBeLessThanOrEqual(2); // Alloy's chart leaves no choice
    }
  });
});

describeWith(ALL, "the size of each release", () => {
  /** Sum over all containers of all pods, as the cluster will count it. */
  function rendered(pods: Pod[]) {
    return total(
      pods.flatMap((pod) =>
        containersOf(pod).map(({ resources }) =>
          sizeOf({ replicas: pod.replicas, resources: { ...resources } }),
        ),
      ),
    );
  }

  it.each(RELEASES)("is what `npm run plan` reads from its values, no container left out: %s", (name) => {
    const { pods } = renderOf(name);
    expect(rendered(pods)).toEqual(sizeOf(release(name).values));
    expect(rendered(pods).containers).toBe(pods.flatMap(containersOf).length);
  });
});

describeWith(ALL, "all releases together", () => {
  it("have the containers that the dashboards know the memory limits of, under the workloads they name", () => {
    const pods = RELEASES.flatMap((name) => renderOf(name).pods);
    const rendered = pods.flatMap((pod) =>
      containersOf(pod).map(({ name, resources }) => [pod.owner, name, resources?.limits?.memory]),
    );
    const known = CONTAINERS.map(({ kind, workload, container, size }) => [
      `${kind} ${workload}`,
      container,
      size.limits.memory,
    ]);
    expect(known.map(String).sort()).toEqual(rendered.map(String).sort());
  });

  it("make no two objects of one kind and name", () => {
    const names = RELEASES.flatMap((name) =>
      renderOf(name).objects.map((o) => `${o.kind} ${o.metadata?.name}`),
    );
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it.each(Object.entries(ADDRESS))("answer at the address of %s, %s", (_, address) => {
    const { hostname, port } = new URL(address);
    const [service, namespace, ...rest] = hostname.split(".");
    expect([namespace, ...rest]).toEqual([NAMESPACE, "svc"]);
    const renders = RELEASES.map((name) => renderOf(name));
    const found = renders
      .flatMap((made) => made.ofKind("Service"))
      .find((one) => one.metadata?.name === service);
    const pods = renders.flatMap((made) => made.pods);
    expect(found && behind(found, Number(port), pods)).toHaveLength(1);
  });
});
