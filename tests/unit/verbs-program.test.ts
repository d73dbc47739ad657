import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { FakeApi } from "../helpers/fake-api";
import { temporaryFolder } from "../helpers/tools";
import { until } from "../helpers/until";

const PROJECT = path.resolve(__dirname, "../..");
const SLOW_MS = 40_000; // processes of their own, on a machine that may be busy

let cluster: FakeApi;
/** Whether the stack runs in a cluster that is not its own. */
let theirs: boolean;
let folder: string;
let children: ChildProcess[];
beforeEach(async () => {
  cluster = await FakeApi.start();
  theirs = false;
  folder = temporaryFolder();
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  cluster.stop();
  fs.rmSync(folder, { recursive: true });
});

/** Starts a verb as a program, which jest could not: the Kubernetes client is an ES module. */
function start(verb: string, ...argv: string[]) {
  const outputs = path.join(folder, "outputs.json");
  const stack = { components: ["loki", "alloy"], namespace: "watchtower", sumoDestination: "off" };
  const addresses = { otlpGrpcEndpoint: "localhost:4317", otlpHttpEndpoint: "http://localhost:4318" };
  const where = theirs ? { kubeContext: "fake" } : { kubeconfig: cluster.kubeconfig };
  fs.writeFileSync(outputs, JSON.stringify({ ...stack, ...addresses, ...where }));
  const KUBECONFIG = path.join(folder, "kubeconfig");
  fs.writeFileSync(KUBECONFIG, cluster.kubeconfig);
  fs.writeFileSync(path.join(folder, "pulumi"), `#!/bin/sh\ncat ${outputs}\n`, { mode: 0o755 });
  const child = spawn(process.execPath, ["--import", "tsx", `scripts/${verb}.ts`, ...argv], {
    cwd: PROJECT,
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, KUBECONFIG },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  return child;
}

async function run(verb: string, ...argv: string[]) {
  const child = start(verb, ...argv);
  const [out, err, ended] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { out, err, code: ended[0] as number };
}

/** Collects what a program says, and waits for words in it. */
function hearing(child: ReturnType<typeof start>) {
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (piece: Buffer) => (said += piece.toString()));
  return async (words: RegExp) => {
    await until(
      () => words.test(said),
      () => `no ${words} in: ${said}`,
    );
    return words.exec(said)!;
  };
}

it(
  "logs shows the last lines of Alloy, without the address that has the token in it",
  async () => {
    cluster.pods = ["alloy-1", "loki-0"];
    cluster.logs.set("alloy-1", [
      `msg="request to https://sumo.example/receiver/v1/otlp/t0ken failed"`,
      "ok",
    ]);
    const { out, err, code } = await run("logs", "--no-follow", "--tail", "7");
    expect(out).toBe(`msg="request to <redacted> failed"\nok\n`);
    expect(cluster.asked.map(({ query }) => query)).toEqual([
      "container=main&follow=false&previous=false&tailLines=7",
    ]);
    expect([code, err]).toEqual([0, ""]);
  },
  SLOW_MS,
);

it(
  "logs says who knows what brings a pod back that is not there",
  async () => {
    cluster.pods = ["alloy-1"];
    expect(await run("logs", "loki")).toEqual({
      out: "",
      err: "logs: There is no pod of loki: `npm run status` names what brings it back.\n",
      code: 1,
    });
  },
  SLOW_MS,
);

it(
  "logs --previous says which container has no earlier log",
  async () => {
    cluster.pods = ["loki-0"];
    expect(await run("logs", "loki", "--previous")).toEqual({
      out: "",
      err: "logs: loki-0 was not restarted, so there is no earlier log.\n",
      code: 1,
    });
  },
  SLOW_MS,
);

it(
  "logs follows the pod that takes over, also when the connection was cut",
  async () => {
    cluster.pods = ["loki-1"];
    for (const pod of ["loki-1", "loki-2"]) cluster.logs.set(pod, [`line of ${pod}`]);
    const heard = hearing(start("logs", "loki"));
    await heard(/line of loki-1/);
    cluster.pods = ["loki-2"];
    cluster.followers[0]!.destroy();
    await heard(/now of loki-2\nline of loki-2|line of loki-2/);
    cluster.followers[1]!.write("a later line\n");
    await heard(/a later line/);
  },
  SLOW_MS,
);

it(
  "port-forward leads each connection to the pod there is",
  async () => {
    cluster.pods = ["loki-1"];
    const [, port] = await hearing(start("port-forward", "loki", "3100"))(
      /localhost:(\d+) leads to loki, port 3100, until Ctrl-C\.\n/,
    );
    expect(await echo(Number(port), "hello")).toBe("loki-1: hello");
    cluster.pods = ["loki-2"];
    expect(await echo(Number(port), "again")).toBe("loki-2: again");
  },
  SLOW_MS,
);

it(
  "port-forward takes another port where the component's own is taken, but not in place of one that was asked for",
  async () => {
    cluster.pods = ["loki-0"];
    const other = net.createServer();
    await new Promise<void>((up) => other.listen(0, "127.0.0.1", up));
    const { port: taken } = other.address() as net.AddressInfo;
    const [, port] = await hearing(start("port-forward", "loki", String(taken)))(/localhost:(\d+) leads to/);
    expect(await echo(Number(port), "hello")).toBe("loki-0: hello");
    const { err, code } = await run("port-forward", "loki", `${taken}:3100`);
    expect(err).toBe(
      `port-forward: Port ${taken} on 127.0.0.1 is taken by another program: choose another.\n`,
    );
    expect(code).toBe(1);
    other.close();
  },
  SLOW_MS,
);

it(
  "restart changes the template of what makes the pods, and nothing else",
  async () => {
    const { out, err, code } = await run("restart", "loki");
    expect(out).toMatch(/^loki is ready again after \d+\.\d s\.\n$/);
    expect(cluster.asked.map(({ path }) => path)).toEqual([
      "/apis/apps/v1/namespaces/watchtower/statefulsets/loki",
    ]);
    expect(JSON.parse(cluster.asked[0]!.body)).toEqual({
      spec: {
        template: {
          metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": expect.any(String) as string } },
        },
      },
    });
    expect([code, err]).toEqual([0, ""]);
  },
  SLOW_MS,
);

it.each([
  "logs",
  "port-forward loki",
  "restart loki",
  "open",
  "test-data",
  "sumo status",
  "sumo on",
  "reset --yes",
  "verify",
  "compare",
])(
  "%s says one thing where the cluster is stopped",
  async (command) => {
    cluster.stop();
    const [verb = "", ...argv] = command.split(" ");
    const { out, err, code } = await run(verb, ...argv);
    expect(err).toMatch(new RegExp(`^${verb}: The cluster's API does not answer \\(ECONNREFUSED\\): .*\n$`));
    expect([code, out]).toEqual([1, ""]);
  },
  SLOW_MS,
);

it.each(["logs", "port-forward loki", "restart loki", "reset --yes"])(
  "%s says one thing where a cluster that is not the stack's own takes the question and says nothing",
  async (command) => {
    theirs = cluster.silent = true;
    const [verb = "", ...argv] = command.split(" ");
    expect(await run(verb, ...argv)).toEqual({
      out: "",
      err: `${verb}: The cluster's API does not answer (no answer within 5 s): is the cluster running?\n`,
      code: 1,
    });
  },
  SLOW_MS,
);

/** What comes back of a text that is sent to a port. */
function echo(port: number, sent: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write(sent));
    socket.on("error", reject).on("data", (piece: Buffer) => {
      resolve(piece.toString());
      socket.destroy();
    });
  });
}
