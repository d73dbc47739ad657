import { type Found, lookAtAll } from "../../scripts/doctor/check";
import { CLUSTER as CHECKS_OF_CLUSTER } from "../../scripts/doctor/cluster";
import type { Facts } from "../../scripts/doctor/facts";
import { STATE } from "../../scripts/doctor/state";
import type { Kept } from "../../scripts/lib/engine";
import type { Revision } from "../../scripts/lib/helm-records";
import type { Settings } from "../../settings";
import { COMPONENTS, type Component, TOOLS } from "../../versions";
import { FakeEngine } from "./fake-engine";

export const CLUSTER = {
  CLUSTER: "watchtower",
  HOST_PORTS: "grafanaPort=3000 otlpGrpcPort=4317 otlpHttpPort=4318",
};

/** A stack that is up, as Pulumi's state has it. */
export const KEPT: Kept = {
  resources: 30,
  cluster: CLUSTER,
  clusterUrn: "urn:cluster",
  releases: new Set<string>([...COMPONENTS, "sumo-stand-in"]),
  interrupted: false,
};

/** Before the first `up`. */
export const NOTHING_KEPT: Kept = { resources: 0, releases: new Set(), interrupted: false };

/** The settings that checks look at. */
export function settings(changes: Partial<Settings> = {}): Settings {
  const hostPorts = { grafanaPort: 3000, otlpGrpcPort: 4317, otlpHttpPort: 4318 };
  const components: ReadonlySet<Component> = new Set(COMPONENTS);
  const sumo = { destination: "stand-in", headers: {} };
  return { components, cluster: { kind: "kind", hostPorts }, sumo, ...changes } as Settings;
}

/** A record of Helm's. */
export function revision(release: string, status = "deployed", number = 1): Revision {
  const secret = `sh.helm.release.v1.${release}.v${number}`;
  return { secret, release, revision: number, status };
}

/** Tells one thing, whenever it is asked. */
export const is =
  <T>(value: T) =>
  () =>
    Promise.resolve(value);

/** Tells nothing, and why. */
export const fails = (error: Error) => () => Promise.reject(error);

/** Each thing that was found, with how it is. */
export const states = (found: Found[]) => found.map(({ name, state }) => `${name} ${state}`);

/** What a machine tells on which all is well, but for the changes; and what was mended, in order. */
export function factsWith(changes: Partial<Facts> = {}): Facts & { mended: unknown[] } {
  const mended: unknown[] = [];
  const remember =
    (what: string) =>
    (...about: unknown[]) =>
      Promise.resolve(void mended.push([what, ...about.filter((one) => typeof one !== "function")]));
  return {
    tool: (name) => Promise.resolve({ name, version: TOOLS[name].version, ours: true }),
    docker: is({ version: "28.1.0", memory: 16e9, folder: "/", cgroup: "2" }),
    engine: is(new FakeEngine(KEPT).engine),
    kept: is(KEPT),
    settings: is(settings()),
    cluster: is("running" as const),
    lock: is({ living: [], dead: [], elsewhere: [] }),
    where: is({ namespace: "watchtower", cluster: { kubeContext: "kind-watchtower" } }),
    api: is("v1.34.4"),
    revisions: is([...KEPT.releases].map((release) => revision(release))),
    mend: {
      fetchTool: remember("fetchTool"),
      fetchPlugIn: remember("fetchPlugIn"),
      startNode: remember("startNode"),
      writeContext: remember("writeContext"),
      forgetHalfMade: remember("forgetHalfMade"),
    },
    mended,
    ...changes,
  };
}

/** What doctor looks at of stack and cluster. */
export const CHECKS_OF_STACK = [...STATE, ...CHECKS_OF_CLUSTER];

/** What the check of that name finds. */
export async function look(name: string, changes: Partial<Facts> = {}): Promise<Found> {
  const found = await lookAtAll(CHECKS_OF_STACK, factsWith(changes));
  return found.find((one) => one.name === name)!;
}
