import * as net from "node:net";
import { Writable } from "node:stream";
import { kubeConfig, type Where } from "../lib/cluster";
import { Fault, reasonOf } from "../lib/fault";

/** Joins a connection on this machine to a port of a pod, until either ends. */
export type Join = (socket: net.Socket, pod: string, port: number) => Promise<void>;

/**
 * Takes connections on this machine.
 * @param wanted the port on 127.0.0.1
 * @param insist whether no other will do
 * @throws Fault when it is taken and no other will do
 */
export async function listen(
  wanted: number,
  insist: boolean,
  take: (socket: net.Socket) => void,
): Promise<net.Server> {
  try {
    return await listenAt(wanted, take);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES")
      throw new Fault(`Port ${wanted} needs rights that you do not have: choose one above 1023.`);
    if (code !== "EADDRINUSE") throw error;
    if (insist) throw new Fault(`Port ${wanted} on 127.0.0.1 is taken by another program: choose another.`);
    return listenAt(0, take);
  }
}

function listenAt(port: number, take: (socket: net.Socket) => void): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer(take).on("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

/** Joins by the cluster's API; rejects when the pod cannot be reached. */
export function joiner({ cluster, namespace }: Where): Join {
  return async (socket, pod, port) => {
    const { PortForward } = await import("@kubernetes/client-node");
    const config = await kubeConfig(cluster);
    let said = "";
    const errors = new Writable({
      write: (piece: Buffer, _, done) => {
        said += piece.toString();
        done();
      },
    });
    const forward = new PortForward(config);
    const channel = await forward.portForward(namespace, pod, [port], socket, errors, socket);
    if (typeof channel === "function") return; // only one that is to restart by itself
    await new Promise<void>((resolve, reject) => {
      channel.onclose = () => (said === "" ? resolve() : reject(new Error(said.trim())));
      socket.on("close", () => channel.close());
    });
    socket.end();
  };
}

/** What keeps a connection from its pod, in words. */
export function whyNotJoined(error: unknown): string {
  return reasonOf((error as { error?: unknown }).error ?? error);
}
