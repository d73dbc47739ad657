import * as http from "node:http";
import type { AddressInfo } from "node:net";

/** One pod that the cluster tells of. */
export interface FakePod {
  name: string;
  /** Name of its Helm release. */
  instance: string;
  container: string;
  ports: { name: string; containerPort: number }[];
}

const NAMESPACE = "watchtower";
/** What a client learns of the cluster before it asks for anything. */
const DISCOVERY: Record<string, unknown> = {
  "/version": { major: "1", minor: "34", gitVersion: "v1.34.4" },
  "/api": { kind: "APIVersions", versions: ["v1"] },
  "/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [] },
  "/api/v1": {
    kind: "APIResourceList",
    groupVersion: "v1",
    resources: [
      { name: "events", singularName: "event", namespaced: true, kind: "Event", verbs: ["list", "watch"] },
    ],
  },
};
const INVALID = { kind: "Status", apiVersion: "v1", status: "Failure", reason: "Invalid", code: 422 };

/** As much of a cluster's API as Alloy asks: pods, their logs and events of one namespace. */
export class FakeKube {
  /** What was asked for, without the query. */
  readonly asked = new Set<string>();
  private readonly followers: http.ServerResponse[] = [];

  private constructor(
    private readonly server: http.Server,
    readonly url: string,
  ) {}

  static async start(pods: FakePod[], events: string[]): Promise<FakeKube> {
    const server = http.createServer();
    await new Promise<void>((up) => server.listen(0, "127.0.0.1", up));
    const kube = new FakeKube(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("request", (request, response) => kube.answer(request, response, pods, events));
    return kube;
  }

  /** Writes to the log of every pod that is followed. */
  log(line: string): void {
    for (const follower of this.followers) follower.write(`${new Date().toISOString()} ${line}\n`);
  }

  get followed(): number {
    return this.followers.length;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    pods: FakePod[],
    events: string[],
  ): void {
    const { pathname, searchParams } = new URL(request.url!, this.url);
    this.asked.add(pathname);
    if (pathname in DISCOVERY) return json(response, 200, DISCOVERY[pathname]);
    const items = pathname.endsWith("/pods") ? pods.map(podObject) : events.map(eventObject);
    const kind = pathname.endsWith("/pods") ? "PodList" : "EventList";
    if (pathname.endsWith("/log")) {
      response.writeHead(200, { "content-type": "text/plain" }).flushHeaders();
      this.followers.push(response);
    } else if (searchParams.has("sendInitialEvents"))
      json(response, 422, INVALID); // the client then lists, and watches
    else if (searchParams.has("watch"))
      response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
    else if (/\/(pods|events)$/.test(pathname))
      json(response, 200, { kind, apiVersion: "v1", metadata: { resourceVersion: "1" }, items });
    else {
      const pod = pods.find(({ name }) => pathname.endsWith(`/pods/${name}`));
      json(response, pod ? 200 : 404, pod ? podObject(pod) : { ...INVALID, reason: "NotFound", code: 404 });
    }
  }
}

function json(response: http.ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function podObject({ name, instance, container, ports }: FakePod) {
  const labels = { "app.kubernetes.io/instance": instance };
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: { name, namespace: NAMESPACE, uid: `uid-of-${name}`, resourceVersion: "1", labels },
    spec: { nodeName: "node", containers: [{ name: container, image: "image", ports }] },
    status: {
      phase: "Running",
      podIP: "127.0.0.1",
      hostIP: "127.0.0.1",
      containerStatuses: [{ name: container, ready: true, state: { running: { startedAt: new Date() } } }],
    },
  };
}

function eventObject(message: string, i: number) {
  const now = new Date().toISOString();
  return {
    kind: "Event",
    apiVersion: "v1",
    metadata: {
      name: `event-${i}`,
      namespace: NAMESPACE,
      uid: `event-${i}`,
      resourceVersion: "1",
      creationTimestamp: now,
    },
    involvedObject: { kind: "Pod", name: "a-pod", namespace: NAMESPACE },
    reason: "BackOff",
    message,
    type: "Warning",
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
}
