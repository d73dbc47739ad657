import * as http from "node:http";
import * as https from "node:https";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { kubeConfig, type Where } from "../lib/cluster";
import { Fault, reasonOf } from "../lib/fault";

/** Which part of a container's log to read. */
export interface LogQuery {
  pod: string;
  container: string;
  follow: boolean;
  /** The container from before the last restart. */
  previous: boolean;
  /** How many of the last lines; undefined: all. */
  tail?: number;
  /** Only what was written since then. */
  since?: Date;
}

/** Hands on a log line by line; resolves when it has ended, or was cut off. @throws Refusal when there is none */
export type ReadLog = (query: LogQuery, line: (text: string) => void) => Promise<void>;

/** There is no such log, in the cluster's own words. */
export class Refusal extends Error {}

/**
 * Reads logs by the cluster's API. The client's own way loses why there is none, and its process when the connection is cut.
 */
export function logReader({ cluster, namespace }: Where): ReadLog {
  return async ({ pod, container, follow, previous, tail, since }, line) => {
    const config = await kubeConfig(cluster);
    const url = new URL(
      `${config.getCurrentCluster()!.server}/api/v1/namespaces/${namespace}/pods/${pod}/log`,
    );
    const query = { container, follow, previous, tailLines: tail, sinceTime: since?.toISOString() };
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const options: https.RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const answer = await ask(url, options);
    if (answer.statusCode !== 200) throw new Refusal(messageIn(await text(answer)));
    try {
      for await (const one of createInterface({ input: answer })) line(one);
    } catch {
      return; // cut off
    }
  };
}

function ask(url: URL, options: https.RequestOptions): Promise<http.IncomingMessage> {
  const { get } = url.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    get(url, options, resolve).on("error", (error) =>
      reject(new Fault(`The cluster's API does not answer (${reasonOf(error)}): is the cluster running?`)),
    );
  });
}

function messageIn(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body;
  } catch {
    return body.trim();
  }
}
