import * as http from "node:http";
import type { AddressInfo } from "node:net";

/** What a fake says to one request; undefined: 404. */
export type FakeAnswer =
  { status?: number; type?: string; headers?: http.OutgoingHttpHeaders; body: string } | undefined;

/** A request as a fake sees it. */
export interface FakeRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** An HTTP server in the test's own process, on a port of its own. */
export class FakeHttp {
  readonly url: string;

  private constructor(private readonly server: http.Server) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(answer: (request: FakeRequest) => FakeAnswer): Promise<FakeHttp> {
    const server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { pathname, searchParams } = new URL(request.url ?? "/", "http://fake");
        const said = answer({
          method: request.method ?? "GET",
          path: decodeURIComponent(pathname),
          query: searchParams,
          headers: request.headers,
          body: Buffer.concat(chunks).toString(),
        });
        response.writeHead(said?.status ?? (said ? 200 : 404), {
          "content-type": said?.type ?? "application/json",
          ...said?.headers,
        });
        response.end(said?.body ?? "{}");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new FakeHttp(server);
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
