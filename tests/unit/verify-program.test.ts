import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { FakeStack } from "../helpers/fake-stack";

const PROJECT = path.resolve(__dirname, "../..");
const TSX = path.join(PROJECT, "node_modules/.bin/tsx");
const SLOW_MS = 30_000; // a process of its own, on a machine that may be busy

let fake: FakeStack;
let folder: string;
beforeEach(async () => {
  fake = await FakeStack.start("stand-in");
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "verify-"));
});
afterEach(() => {
  fake.stop();
  fs.rmSync(folder, { recursive: true });
});

/** Runs TypeScript in a process of its own: jest cannot load the Kubernetes client, which is an ES module. */
function tsx(args: string[], env: Record<string, string>) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) =>
    execFile(TSX, args, { cwd: PROJECT, env: { ...process.env, ...env } }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    ),
  );
}

function write(name: string, content: object | string, mode = 0o600): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content), { mode });
  return file;
}

function kubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "fake", cluster: { server, "insecure-skip-tls-verify": true } }], // it speaks plain http
    users: [{ name: "fake", user: {} }],
    contexts: [{ name: "fake", context: { cluster: "fake", user: "fake" } }],
    "current-context": "none",
  });
}

it(
  "finds the stack by Pulumi, and the second path's counts by the cluster's API",
  async () => {
    const { grafana, otlp, components } = fake.stack;
    const outputs = write("outputs.json", {
      components,
      namespace: "watchtower",
      sumoDestination: "stand-in",
      grafanaUrl: grafana.url,
      grafanaUser: grafana.user,
      grafanaPassword: grafana.password,
      otlpGrpcEndpoint: otlp.grpc,
      otlpHttpEndpoint: otlp.http,
      kubeContext: "fake",
    });
    write("pulumi", `#!/bin/sh\ncat ${outputs}\n`, 0o755);
    const { code, out, err } = await tsx(["scripts/verify.ts", "--json", "--timeout", "20s"], {
      PATH: `${folder}:${process.env.PATH}`,
      KUBECONFIG: write("kubeconfig", kubeconfig(fake.api.url)),
    });
    expect(err).toBe("");
    const { results } = JSON.parse(out) as { results: { path: string; found: boolean }[] };
    expect(results.filter(({ path, found }) => path === "second" && found)).toHaveLength(3);
    expect(results.filter(({ path, found }) => path === "local" && found)).toHaveLength(3);
    expect(code).toBe(0);
  },
  SLOW_MS,
);

it(
  "says in one sentence why a metrics page cannot be read",
  async () => {
    const own = kubeconfig(fake.api.url).replace('"none"', '"fake"');
    const cases = [
      [{ kubeconfig: own }, "alloy"],
      [{ kubeconfig: own }, "nobody"],
      [{ kubeContext: "elsewhere" }, "alloy"],
      [{ kubeContext: "kind-watchtower" }, "alloy"],
      [{ kubeconfig: own.replace(fake.api.url, "http://127.0.0.1:1") }, "alloy"],
    ];
    const program = `
      import { metricsReader } from "./scripts/lib/cluster";
      const ask = ([cluster, service]) =>
        metricsReader({ cluster, namespace: "watchtower" })(service).then((page) => page.slice(0, 12), String);
      void Promise.all(JSON.parse(process.env.CASES).map(ask)).then((all) => console.log(JSON.stringify(all)));
    `;
    const { out } = await tsx(["--eval", program], {
      CASES: JSON.stringify(cases),
      KUBECONFIG: write("kubeconfig", own),
    });
    expect(JSON.parse(out)).toEqual([
      "alloy_config",
      "Error: There is no service nobody in namespace watchtower: `npm run status` names what brings it back.",
      "Error: Your kubeconfig has no context elsewhere: `kubectl config get-contexts` lists those it has.",
      "Error: Your kubeconfig has no context kind-watchtower: `kind export kubeconfig --name watchtower` writes it, while that cluster is there.",
      "Error: The cluster's API does not answer (ECONNREFUSED): is the cluster running?",
    ]);
  },
  SLOW_MS,
);
