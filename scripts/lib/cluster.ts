import type { CoreV1Event, V1EndpointSlice, V1Pod } from "@kubernetes/client-node" with {
  "resolution-mode": "import",
};
import { Fault, reasonOf } from "./fault";
import { asTyped } from "./home";
import { kubectl, type Stack } from "./stack";
import { within } from "./wait";

/** Reads the metrics page of one of the stack's services. */
export type ReadMetrics = (service: string) => Promise<string>;

/** Where the stack's objects are. */
export type Where = Pick<Stack, "cluster" | "namespace">;

/** Port of every Alloy's own page, which no node port exposes. */
export const ALLOY_PORT = 12345;

/** Reads metrics pages through the cluster's API, so that nothing needs a port of its own on this machine. */
export function metricsReader(stack: Stack): ReadMetrics {
  const read = pageReader(stack);
  return (service) => read(service, ALLOY_PORT, "metrics");
}

/** Reads a page of one of the stack's services, by its port within the cluster. */
export type ReadPage = (service: string, port: number, path: string) => Promise<string>;

/** Reads pages through the cluster's API; what a pod answers beside 2xx is an error with what it said. */
export function pageReader(where: Where): ReadPage {
  const { cluster, namespace } = where;
  const connecting = coreApi(cluster);
  connecting.catch(() => {}); // told to whoever asks
  return async (service, port, path) => {
    const api = await connecting;
    const name = `${service}:${port}`;
    const page: unknown = await api
      .connectGetNamespacedServiceProxyWithPath({ name, namespace, path })
      .catch((error: unknown) => {
        throw whyNot(service, where, error);
      });
    return typeof page === "string" ? page : JSON.stringify(page); // the client reads JSON, asked or not
  };
}

/**
 * The pods of the stack.
 * @throws Fault when the cluster does not tell
 */
export async function listPods({ cluster, namespace }: Where): Promise<V1Pod[]> {
  const api = await coreApi(cluster);
  return (await answered(api.listNamespacedPod({ namespace }))).items;
}

/** The pods of a namespace, and the pulls that were begun for them. */
export interface PodNews {
  pods: V1Pod[];
  pulling: CoreV1Event[];
}

/** Asks the cluster's API for the pods of the stack. */
export function podReader({ cluster, namespace }: Where): () => Promise<PodNews> {
  const connecting = coreApi(cluster);
  connecting.catch(() => {}); // told to whoever asks
  return async () => {
    const api = await connecting;
    const [pods, pulling] = await Promise.all([
      api.listNamespacedPod({ namespace }),
      api.listNamespacedEvent({ namespace, fieldSelector: "reason=Pulling" }),
    ]);
    return { pods: pods.items, pulling: pulling.items };
  };
}

/** Where every service of the cluster leads, and the pods there are. */
export interface Routes {
  pods: V1Pod[];
  slices: V1EndpointSlice[];
}

/** Asks the cluster's API for the pods behind all services, Kubernetes' own with them. */
export function routeReader(cluster: Stack["cluster"]): () => Promise<Routes> {
  const connecting = Promise.all([coreApi(cluster), discoveryApi(cluster)]);
  connecting.catch(() => {}); // told to whoever asks
  return async () => {
    const [core, discovery] = await connecting;
    const [pods, slices] = await Promise.all([
      core.listPodForAllNamespaces(),
      discovery.listEndpointSliceForAllNamespaces(),
    ]);
    return { pods: pods.items, slices: slices.items };
  };
}

/**
 * The cluster's API.
 * @throws Fault when the user's kubeconfig does not know the cluster
 */
export async function coreApi(cluster: Stack["cluster"]) {
  const { CoreV1Api } = await import("@kubernetes/client-node");
  return (await kubeConfig(cluster)).makeApiClient(CoreV1Api);
}

async function discoveryApi(cluster: Stack["cluster"]) {
  const { DiscoveryV1Api } = await import("@kubernetes/client-node");
  return (await kubeConfig(cluster)).makeApiClient(DiscoveryV1Api);
}

/** The version that the cluster's API tells, such as v1.34.4. */
export async function apiVersion(cluster: Stack["cluster"]): Promise<string> {
  const { VersionApi } = await import("@kubernetes/client-node");
  return (await (await kubeConfig(cluster)).makeApiClient(VersionApi).getCode()).gitVersion;
}

/**
 * How to reach the cluster's API, and as whom.
 * @throws Fault when the user's kubeconfig does not know the cluster
 */
export async function kubeConfig(cluster: Stack["cluster"]) {
  process.noDeprecation = true; // its node-fetch makes Node 22 and later warn of punycode
  // 0.8 s to load: only for those who ask.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  if ("kubeconfig" in cluster) {
    config.loadFromString(cluster.kubeconfig);
  } else {
    config.loadFromDefault();
    if (config.getContextObject(cluster.kubeContext) === null) throw noContext(cluster.kubeContext);
    config.setCurrentContext(cluster.kubeContext);
  }
  return config;
}

/** One of kind's is written anew by kind itself. */
function noContext(kubeContext: string): Fault {
  const [, kind] = /^kind-(.+)$/.exec(kubeContext) ?? [];
  const mend =
    kind === undefined
      ? "`kubectl config get-contexts` lists those it has"
      : `\`${asTyped(`kind export kubeconfig --name ${kind}`)}\` writes it, while that cluster is there`;
  return new Fault(`Your kubeconfig has no context ${kubeContext}: ${mend}.`);
}

/** A cluster that answers at all does so in a moment. */
const ANSWER_WITHIN_MS = 5_000;

/**
 * What the cluster's API answers, waited for as long as a person would.
 * @throws Fault that says why it does not
 */
export function answered<T>(asking: Promise<T>): Promise<T> {
  return within(ANSWER_WITHIN_MS, asking).catch(refused);
}

/** @throws Fault that says why the cluster does not tell */
export function refused(error: unknown): never {
  if (error instanceof Fault) throw error;
  const { code } = error as { code?: unknown };
  if (code === 401 || code === 403)
    throw new Fault(`The cluster does not let you in (${code}): log in to it again.`);
  if (typeof code === "number")
    throw new Fault(`The cluster's API answers ${code}: \`npm run up\` mends what it can.`);
  throw new Fault(`The cluster's API does not answer (${reasonOf(error)}): is the cluster running?`);
}

/** A service that a chart made is gone. */
export class NoService extends Fault {
  constructor(
    /** What is seen of it, without what to do. */
    readonly what: string,
  ) {
    super(`${what}: \`npm run status\` names what brings it back.`);
  }
}

/** As much of what a pod says as a line has room for. */
const SHORT = 120;

/** Only a pod that is not ready (yet) is worth asking again. */
function whyNot(service: string, where: Where, error: unknown): Error {
  const { code, body } = error as { code?: unknown; body?: unknown };
  const look = `see \`${kubectl(where)} get pods\``;
  // The API's own words are JSON; those of the pod are not.
  if (typeof code === "number" && code !== 404 && typeof body === "string" && !body.startsWith("{"))
    return new Error(`${service} answers ${code} ${body.replace(/\s+/g, " ").slice(0, SHORT)}`.trim());
  if (code === 503) return new Error(`${service} has no pod that is ready: ${look}`);
  if (code === 404) return new NoService(`There is no service ${service} in namespace ${where.namespace}`);
  if (code === 401 || code === 403)
    return new Fault(`The cluster does not let you ask ${service} (${code}): log in to it again.`);
  if (typeof code === "number")
    return new Error(`the cluster's API answers ${code} when asked for ${service}: ${look}`);
  return new Fault(`The cluster's API does not answer (${reasonOf(error)}): is the cluster running?`);
}
