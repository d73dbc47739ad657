import * as http from "node:http";
import type { AddressInfo } from "node:net";

/** Hands each request on to whoever stands behind its path: one door for several servers, as Alloy and Grafana are. */
export class Forward {
  private constructor(
    private readonly server: http.Server,
    readonly url: string,
  ) {}

  /** @param behind the address that a path leads to; undefined: nowhere */
  static async start(behind: (path: string) => string | undefined): Promise<Forward> {
    const server = http.createServer((request, response) => {
      const target = behind(request.url ?? "");
      if (target === undefined) return void response.writeHead(404).end("{}");
      const { method, headers } = request;
      const onward = http.request(target, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on("error", () => response.writeHead(502).end());
      request.pipe(onward);
    });
    await new Promise<void>((up) => server.listen(0, "127.0.0.1", up));
    return new Forward(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
