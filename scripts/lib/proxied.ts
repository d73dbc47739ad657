import { EnvHttpProxyAgent, fetch, type RequestInit, type Response } from "undici";

/** `fetch` by way of the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name, which Node's own does not heed. */
export function proxiedFetch(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, dispatcher: new EnvHttpProxyAgent() });
}
