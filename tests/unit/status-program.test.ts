import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Line } from "../../scripts/status/line";
import { FakeHttp, type FakeRequest } from "../helpers/fake-http";
import { FakeStatus } from "../helpers/fake-status";
import { temporaryFolder } from "../helpers/tools";

const PROJECT = path.resolve(__dirname, "../..");
const SLOW_MS = 30_000; // a process of its own, on a machine that may be busy
const NAMESPACE = "/api/v1/namespaces/watchtower";

let stack: FakeStatus;
let api: FakeHttp;
let folder: string;
const asked: string[] = [];
beforeEach(async () => {
  stack = await FakeStatus.start();
  api = await FakeHttp.start((request) => {
    const found = answer(request);
    if (found === undefined) asked.push(request.path);
    return found;
  });
  folder = temporaryFolder();
});
afterEach(() => {
  stack.stop();
  api.stop();
  fs.rmSync(folder, { recursive: true });
});

/** As a cluster's API answers: lists and pages of services, each where the client looks for it. */
function answer({ path: asks, query }: FakeRequest) {
  const { cluster } = stack;
  const list = (items: unknown) => ({ body: JSON.stringify({ items }) });
  const text = (body: string) => ({ type: "text/plain; charset=utf-8", body });
  const [, service, page] = /\/services\/([\w-]+):\d+\/proxy\/(.+)$/.exec(asks) ?? [];
  if (service !== undefined && page === "metrics") return text(cluster.pageOf(service) ?? "");
  if (service !== undefined) return service === "grafana" ? { body: '{"database":"ok"}' } : text("ready\n");
  switch (asks) {
    case "/version":
      return { body: '{"gitVersion":"v1.34.4"}' };
    case "/api/v1/nodes":
      return list(cluster.nodes);
    case "/api/v1/nodes/watchtower-control-plane/proxy/stats/summary":
      return { body: JSON.stringify(cluster.summary) };
    case "/api/v1/persistentvolumes":
      return list(cluster.volumes);
    case `${NAMESPACE}/persistentvolumeclaims`:
      return list(cluster.claims);
    case `${NAMESPACE}/pods`:
      return list(cluster.pods);
    case `${NAMESPACE}/events`:
      return list(query.get("fieldSelector") === "reason=Pulling" ? [] : undefined);
    case `${NAMESPACE}/secrets`:
      return list(
        query.get("labelSelector") === "owner=helm,status!=superseded" ? cluster.records : undefined,
      );
    case `${NAMESPACE}/pods/${cluster.podOf("alloy").metadata!.name}/log`:
      return query.get("container") === "alloy" && query.has("sinceSeconds") ? text(cluster.log) : undefined;
    default:
      return undefined;
  }
}

function write(name: string, content: object | string, mode = 0o600): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content), { mode });
  return file;
}

/** Runs the verb as a program: jest cannot load the Kubernetes client, which is an ES module. */
function status(env: Record<string, string>) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) =>
    execFile(
      path.join(PROJECT, "node_modules/.bin/tsx"),
      ["scripts/status.ts", "--json"],
      { cwd: PROJECT, env: { ...process.env, ...env } },
      (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }),
    ),
  );
}

it(
  "finds the stack by Pulumi, and asks the cluster's API and Docker for all of it",
  async () => {
    const { grafana, otlp, components } = stack.stack;
    const kubeconfig = [
      "apiVersion: v1",
      "kind: Config",
      `clusters: [{name: a, cluster: {server: "${api.url}", insecure-skip-tls-verify: true}}]`,
      "users: [{name: a, user: {}}]",
      "contexts: [{name: kind-watchtower, context: {cluster: a, user: a}}]",
      "current-context: kind-watchtower",
    ].join("\n");
    const outputs = write("outputs.json", {
      ...{ components, namespace: "watchtower", sumoDestination: "stand-in", kubeconfig },
      ...{ grafanaUrl: grafana!.url, grafanaUser: grafana!.user, grafanaPassword: grafana!.password },
      ...{ otlpGrpcEndpoint: otlp!.grpc, otlpHttpEndpoint: otlp!.http },
    });
    write("pulumi", `#!/bin/sh\ncat ${outputs}\n`, 0o755);
    // `du` is asked for every folder there is, and says 100 MiB of each; all else is a question for the node's status.
    const du = 'shift 6; for folder; do echo "102400\t$folder"; done';
    write("docker", `#!/bin/sh\nif [ "$1" = exec ]; then ${du}; else echo running; fi\n`, 0o755);
    const { code, out, err } = await status({ PATH: `${folder}:${process.env.PATH}` });
    expect([err, asked]).toEqual(["", []]);
    const { lines } = JSON.parse(out) as { lines: Line[] };
    expect(lines.filter(({ state }) => state !== "ok")).toEqual([]);
    const sawOf = (name: string) => lines.filter((line) => line.name === name).map(({ saw }) => saw);
    expect(sawOf("loki")).toEqual([
      "loki 18.11.0, as pinned (3.7.6); ready; answers Grafana",
      "100 MiB of 2.0 GiB",
    ]);
    expect(sawOf("loki-0")).toEqual(["ready; 20 MiB of 512 MiB; no restart"]);
    expect(code).toBe(0);
  },
  SLOW_MS,
);
