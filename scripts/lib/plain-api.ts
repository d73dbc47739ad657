import type { RequestOptions } from "node:https";
import { Agent, request } from "undici";
import { kubeConfig } from "./cluster";
import type { Stack } from "./stack";

/** What the cluster's API said. */
export interface ApiAnswer {
  status: number;
  body: Buffer;
}

/** One request to the cluster's API. */
export interface ApiRequest {
  method?: "GET" | "DELETE" | "PATCH" | "POST";
  headers?: Record<string, string>;
  body?: string;
}

/** Asks the cluster's API for a path. @throws Error when it does not answer */
export type Api = (path: string, how?: ApiRequest) => Promise<ApiAnswer>;

const ANSWER_WITHIN_MS = 15_000;

/** The cluster's API without its client: as bytes, for what that would parse, by any path, also through its proxies. */
export async function plainApi(cluster: Stack["cluster"]): Promise<Api> {
  const config = await kubeConfig(cluster);
  const access: RequestOptions = {};
  await config.applyToHTTPSOptions(access);
  const { ca, cert, key, servername, rejectUnauthorized, headers: login } = access;
  const dispatcher = new Agent({
    connect: { ca, cert, key, servername, rejectUnauthorized } as Agent.Options["connect"],
    headersTimeout: ANSWER_WITHIN_MS,
    bodyTimeout: ANSWER_WITHIN_MS,
  });
  const server = config.getCurrentCluster()!.server.replace(/\/+$/, "");
  return async (path, { method = "GET", headers, body } = {}) => {
    const answer = await request(`${server}${path}`, {
      dispatcher,
      method,
      headers: { ...(login as Record<string, string>), ...headers },
      body,
    });
    return { status: answer.statusCode, body: Buffer.from(await answer.body.arrayBuffer()) };
  };
}

/** What the API answers where it does what it is asked. @throws Error with the status where it does not */
export async function answerOf(api: Api, path: string, how?: ApiRequest): Promise<Buffer> {
  const { status, body } = await api(path, how);
  if (status < 300) return body;
  throw new Error(`the cluster's API answers ${status} to ${how?.method ?? "GET"} ${path}`);
}

/** Changes what it names of an object, and leaves the rest. */
export function mergePatch(object: object): ApiRequest {
  const headers = { "content-type": "application/merge-patch+json" };
  return { method: "PATCH", headers, body: JSON.stringify(object) };
}
