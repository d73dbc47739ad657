import * as net from "node:net";

/** Runs the body while a program has the port of 127.0.0.1. */
export async function withListener(port: number, body: () => void | Promise<void>): Promise<void> {
  const server = await listen(port);
  try {
    await body();
  } finally {
    await new Promise((done) => server.close(done));
  }
}

/** Ports of 127.0.0.1 that nobody has. */
export async function freePorts(count: number): Promise<string[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const free = servers.map((server) => String((server.address() as net.AddressInfo).port));
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return free;
}

function listen(port: number): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => socket.destroy()).on("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
