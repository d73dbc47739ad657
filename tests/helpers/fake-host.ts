import * as http from "node:http";
import * as net from "node:net";

/** How a host serves its file: whole, in pieces, not to the end, not any more, or not at all but with a status. */
export type Way = "whole" | "slow" | "cut off" | "stalled" | "silent" | number;

/** Between the pieces of a slow host. */
export const SLOW_MS = 150;

/** A host that has one file at every address, in the test's own process; it serves as a proxy, too. */
export class FakeHost {
  /** What was asked for: path and, of a proxy, host. */
  readonly asked: string[] = [];
  way: Way = "whole";
  file: Buffer = Buffer.alloc(0);
  /** Happens before each answer. */
  before: () => void = () => undefined;

  private constructor(private readonly server: http.Server) {
    server.on("request", ({ url = "" }, response) => this.answer(url, response));
    server.on("connect", ({ url = "" }, socket: net.Socket) => {
      this.asked.push(url);
      const onward = net.connect(this.port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
      for (const side of [socket, onward]) side.on("error", () => undefined);
    });
  }

  static async start(): Promise<FakeHost> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new FakeHost(server);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private get port(): number {
    return (this.server.address() as net.AddressInfo).port;
  }

  private answer(url: string, response: http.ServerResponse): void {
    this.asked.push(url);
    this.before();
    if (this.way === "silent") return;
    if (typeof this.way === "number") return void response.writeHead(this.way).end("no file");
    response.writeHead(200, { "content-length": this.file.length });
    if (this.way === "whole") return void response.end(this.file);
    if (this.way === "slow") return inPieces(this.file, response);
    const begun = this.file.subarray(0, this.file.length / 2);
    response.write(begun, () => {
      if (this.way === "cut off") response.destroy();
    });
  }
}

function inPieces(file: Buffer, response: http.ServerResponse, size = Math.ceil(file.length / 4)): void {
  response.write(file.subarray(0, size));
  if (file.length <= size) return void response.end();
  setTimeout(() => inPieces(file.subarray(size), response, size), SLOW_MS);
}
