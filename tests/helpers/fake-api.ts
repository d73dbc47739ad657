import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

const NAMESPACE = "/api/v1/namespaces/watchtower";
const APPS = "/apis/apps/v1/namespaces/watchtower";

/** As much of a cluster's API as our verbs ask: pods, their logs, their ports, and what makes them. */
export class FakeApi {
  /** Names of the pods there are; all are ready. */
  pods: string[] = [];
  /** Lines of each pod's log; a pod without any has none. */
  readonly logs = new Map<string, string[]>();
  /** Queries that logs were asked for with, and bodies of patches. */
  readonly asked: { path: string; query: string; body: string }[] = [];
  readonly followers: http.ServerResponse[] = [];
  /** Whether it takes every question and says nothing. */
  silent = false;
  private readonly url: string;
  private readonly sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: () => "v4.channel.k8s.io",
  });

  private constructor(private readonly server: http.Server) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("request", (request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => this.answer(request.url!, Buffer.concat(pieces).toString(), response));
    });
    server.on("upgrade", (request: http.IncomingMessage, socket, head) =>
      this.sockets.handleUpgrade(request, socket, head, (channel) => {
        const [, pod, port] = /pods\/(.+)\/portforward\?ports=(\d+)$/.exec(request.url!)!;
        // Each of the two streams begins with the port; what comes goes back with the pod's name.
        for (const stream of [0, 1])
          channel.send(Buffer.from([stream, Number(port) & 255, Number(port) >> 8]));
        channel.on("message", (data: Buffer) =>
          channel.send(Buffer.concat([Buffer.from([0]), Buffer.from(`${pod}: `), data.subarray(1)])),
        );
      }),
    );
  }

  static async start(): Promise<FakeApi> {
    const server = http.createServer();
    await new Promise<void>((up) => server.listen(0, "127.0.0.1", up));
    return new FakeApi(server);
  }

  get kubeconfig(): string {
    const server = this.url;
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "fake", cluster: { server, "insecure-skip-tls-verify": true } }],
      users: [{ name: "fake", user: {} }],
      contexts: [{ name: "fake", context: { cluster: "fake", user: "fake" } }],
      "current-context": "fake",
    });
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
    for (const channel of this.sockets.clients) channel.terminate();
  }

  private answer(url: string, body: string, response: http.ServerResponse): void {
    if (this.silent) return;
    const { pathname: path, searchParams: query } = new URL(url, "http://fake");
    const json = (status: number, value: object) =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    const [, logged] = /\/pods\/([^/]+)\/log$/.exec(path) ?? [];
    const [, workload] = /\/(?:deployments|statefulsets)\/(.+)$/.exec(path) ?? [];
    if (logged !== undefined || workload !== undefined) this.asked.push({ path, query: String(query), body });
    if (path === "/livez") json(200, {});
    else if (path === `${NAMESPACE}/pods`) json(200, list("PodList", this.pods.map(podObject)));
    else if (logged !== undefined) this.log(logged, query, response, json);
    else if (workload !== undefined) json(200, workloadObject(workload));
    else if (path === `${APPS}/deployments`) json(200, list("DeploymentList", [workloadObject("alloy")]));
    else if (path === `${APPS}/statefulsets`) json(200, list("StatefulSetList", [workloadObject("loki")]));
    else json(404, { kind: "Status", message: `${path} is not known here` });
  }

  private log(
    pod: string,
    query: URLSearchParams,
    response: http.ServerResponse,
    json: (status: number, value: object) => void,
  ): void {
    const lines = this.logs.get(pod);
    if (lines === undefined || query.get("previous") === "true")
      return json(400, {
        kind: "Status",
        message: `previous terminated container "main" in pod "${pod}" not found`,
      });
    response.writeHead(200, { "content-type": "text/plain" });
    response.write(lines.map((line) => `${line}\n`).join(""));
    if (query.get("follow") === "true") this.followers.push(response);
    else response.end();
  }
}

function list(kind: string, items: object[]) {
  return { kind, apiVersion: "v1", metadata: { resourceVersion: "1" }, items };
}

function podObject(name: string) {
  return {
    metadata: { name, uid: `uid-of-${name}` },
    spec: { containers: [{ name: "main", image: "image" }] },
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: "True" }],
      containerStatuses: [
        {
          name: "main",
          containerID: `containerd://${name}`,
          ready: true,
          state: { running: { startedAt: new Date() } },
        },
      ],
    },
  };
}

/** One that has rolled out. */
function workloadObject(name: string) {
  return {
    metadata: { name, generation: 1 },
    spec: { replicas: 1 },
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1 },
  };
}
