import type { AddressInfo, Socket } from "node:net";
import { listPods } from "../lib/cluster";
import { Fault } from "../lib/fault";
import { isOf, type Part, requireRuns } from "../lib/parts";
import { runOnStack, type Surroundings } from "../lib/running";
import type { Stack } from "../lib/stack";
import type { ExitCode } from "../lib/verb";
import { isReady } from "../lib/waiting";
import { joiner, listen, whyNotJoined } from "./forward";
import { parseOptions } from "./options";

/** Port of each part's HTTP API; those that are not here are Mimir's. */
const HTTP_PORT: Record<string, number> = {
  tempo: 3200,
  loki: 3100,
  grafana: 3000,
  alloy: 12345,
  "sumo-stand-in": 12345,
};
const MIMIR_PORT = 8080;

/** The whole program; resolves to the exit code. It ends by Ctrl-C only. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  return runOnStack("port-forward", parseOptions(argv), around, async (stack, { part, local, remote }) => {
    requireRuns(part, stack);
    const httpPort = HTTP_PORT[part.name] ?? MIMIR_PORT;
    const port = remote ?? httpPort;
    await readyPod(part, stack);
    const server = await listen(local ?? port, local !== undefined, taker(part, port, stack, around));
    const { port: here } = server.address() as AddressInfo;
    const address = `${port === httpPort ? "http://" : ""}localhost:${here}`;
    around.out.write(`${address} leads to ${part.name}, port ${port}, until Ctrl-C.\n`);
    if (part.name === "alloy" && port === httpPort)
      around.out.write("Mind: Alloy's page shows the address of Sumo, and with it the token.\n");
    return new Promise(() => undefined);
  });
}

/** Each connection goes to the pod there is when it begins. */
function taker(part: Part, port: number, stack: Stack, { err }: Surroundings) {
  const join = joiner(stack);
  const tell = (why: string) => void err.write(`port-forward: ${why}\n`);
  return (socket: Socket) => {
    socket.on("error", () => undefined); // whoever asked is gone
    void readyPod(part, stack)
      .then((pod) => join(socket, pod, port))
      .catch((error: unknown) => {
        tell(error instanceof Fault ? error.message : `The connection broke (${whyNotJoined(error)}).`);
        socket.destroy();
      });
  };
}

/** @throws Fault when none is ready */
async function readyPod(part: Part, stack: Stack): Promise<string> {
  // The one that answers for the whole of Mimir.
  const one = part.name === "mimir" ? { ...part, workloads: ["mimir-query-frontend"] } : part;
  const pods = (await listPods(stack)).filter(({ metadata }) => isOf(one, metadata!.name!));
  const ready = pods.find((pod) => isReady(pod) && pod.metadata?.deletionTimestamp === undefined);
  if (ready) return ready.metadata!.name!;
  throw new Fault(`No pod of ${part.name} is ready: \`npm run logs -- ${part.name}\` may tell why.`);
}
