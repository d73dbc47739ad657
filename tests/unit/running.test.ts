import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { stringify } from "yaml";
import { Fault } from "../../scripts/lib/fault";
import { runningStack } from "../../scripts/lib/running";
import type { Stack } from "../../scripts/lib/stack";

let server: http.Server;
let answer: (response: http.ServerResponse) => void;
beforeEach(async () => {
  answer = (response) => response.writeHead(401).end();
  server = http.createServer((_, response) => answer(response));
  await new Promise<void>((up) => server.listen(0, "127.0.0.1", up));
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** What is found where a cluster's API is at that address, and Docker says that of its node. */
function at(
  address: string,
  node: string | Error = "running",
  context: object = { "current-context": "kind-watchtower" },
): Promise<Stack> {
  const cluster = { kubeconfig: stringify({ clusters: [{ cluster: { server: address } }], ...context }) };
  return runningStack(undefined, {
    find: () => Promise.resolve({ cluster } as Stack),
    statusOf: () =>
      node instanceof Error ? Promise.reject(node) : Promise.resolve(node === "none" ? undefined : node),
  });
}

it("a stack runs when its cluster's API answers, whatever it says", async () => {
  await expect(at(url())).resolves.toHaveProperty("cluster");
});

it.each([
  ["exited", "The cluster is stopped (exited): `npm run resume` starts it, with all its data."],
  ["paused", "The cluster is stopped (paused): `npm run resume` starts it, with all its data."],
  ["none", "The cluster is gone: `npm run up` makes it anew."],
])("a stack whose node is %s is told of by Docker's word, with what mends it", async (node, sentence) => {
  await expect(at(url(), node)).rejects.toThrow(sentence);
});

it("a stack whose API does not answer though its node runs is told of", async () => {
  await expect(at("http://127.0.0.1:1")).rejects.toThrow(
    "The cluster's API does not answer (ECONNREFUSED): it may be starting; if it stays so, `npm run doctor`.",
  );
});

it("a stack whose API takes the connection and says nothing is told of within 3 s", async () => {
  answer = () => undefined;
  const beganAt = Date.now();
  await expect(at(url())).rejects.toThrow("does not answer (no answer)");
  expect(Date.now() - beganAt).toBeLessThan(3_000);
});

it("what ails Docker matters only where the API does not answer either", async () => {
  const noDocker = new Fault("Docker does not answer: start Docker, and run this again.");
  await expect(at(url(), noDocker)).resolves.toHaveProperty("cluster");
  await expect(at("http://127.0.0.1:1", noDocker)).rejects.toThrow(noDocker);
});

it("a cluster that is not kind's has no node to ask Docker for", async () => {
  await expect(at(url(), "none", {})).resolves.toHaveProperty("cluster");
});

it("an existing cluster is not ours to judge: its proxy or login may be needed to reach it", async () => {
  const cluster = { kubeContext: "prod" };
  const found = await runningStack("mine", {
    find: (name) => Promise.resolve({ cluster, namespace: name } as Stack),
    statusOf: () => Promise.reject(new Error("asked")),
  });
  expect(found).toEqual({ cluster, namespace: "mine" });
});
