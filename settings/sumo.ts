import * as pulumi from "@pulumi/pulumi";
import { DEFAULTS, KEYS } from "./defaults";
import { type Faults, isRecord, type RawConfig, show } from "./raw";

/** Where the second copy of everything goes. */
export type SumoDestination = "sumo" | "stand-in" | "off";

/** The second write. */
export interface SumoSettings {
  destination: SumoDestination;
  /** Sumo's OTLP/HTTP source URL. The token is in it, so it is a secret; kept while the second write is off. */
  endpoint?: pulumi.Output<string>;
  /** Extra HTTP headers of each request, by name; the values are secret. */
  headers: Record<string, pulumi.Output<string>>;
}

/** Reads and checks the keys of the second write. */
export function readSumo(raw: RawConfig, faults: Faults): SumoSettings {
  const enabled = raw.boolean("sumoEnabled", DEFAULTS.sumoEnabled, KEYS.sumoEnabled);
  const endpoint = readEndpoint(raw, faults);
  const headers = readHeaders(raw, faults);
  const destination = !enabled ? "off" : endpoint === undefined ? "stand-in" : "sumo";
  return { destination, endpoint, headers };
}

function readEndpoint(raw: RawConfig, faults: Faults): pulumi.Output<string> | undefined {
  const text = raw.text("sumoEndpoint");
  if (text === undefined) return undefined;
  if (!raw.isSecret("sumoEndpoint"))
    faults.add("sumoEndpoint is stored in plain text", "its token must be a secret", KEYS.sumoEndpoint);
  const fault = endpointFault(text);
  if (fault) faults.add(`sumoEndpoint is ${fault.what}`, fault.allowed, KEYS.sumoEndpoint);
  // Exporters add /v1/traces and its like, so a trailing slash would double.
  return pulumi.secret(text.replace(/\/+$/, ""));
}

/** What is wrong with an endpoint, told without its path: that is where the token is. */
function endpointFault(text: string): { what: string; allowed: string } | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return { what: "not a URL", allowed: "must be the https address of Sumo's OTLP/HTTP source" };
  }
  const shown = show(`${url.protocol}//${url.host}/…`);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isNearby(url.hostname)))
    return {
      what: shown,
      allowed:
        "must be https (http only to a loopback or private address, host.docker.internal or a .svc name)",
    };
  if (url.username || url.password || url.search || url.hash)
    return { what: shown, allowed: "must carry no user, query or fragment" };
  if (/\/v1\/(traces|metrics|logs)\/?$/.test(url.pathname))
    return {
      what: `${shown} ending in /v1/…`,
      allowed: "must be the source's address without it, since each signal adds its own",
    };
  return undefined;
}

/** Hosts a person runs themselves, where http gives no token to a stranger. */
export function isNearby(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  return (
    /^(localhost|host\.docker\.internal|127\.\d+\.\d+\.\d+|::1|f[cd][0-9a-f]{2}:.*)$/.test(host) ||
    /^(10\.\d+|192\.168|172\.(1[6-9]|2\d|3[01]))\.\d+(\.\d+)?$/.test(host) ||
    /\.svc(\.cluster\.local)?$/.test(host)
  );
}

function readHeaders(raw: RawConfig, faults: Faults): Record<string, pulumi.Output<string>> {
  const given = raw.structure("sumoHeaders", "object", KEYS.sumoHeaders);
  if (!isRecord(given)) return {};
  const headers: Record<string, pulumi.Output<string>> = {};
  for (const name of Object.keys(given).sort()) {
    // `config set --path` stores 42 and true as what they look like.
    const found = given[name];
    const value = typeof found === "number" || typeof found === "boolean" ? String(found) : found;
    const mend = `pulumi config rm --path 'sumoHeaders[${JSON.stringify(name)}]'`;
    if (!/^[A-Za-z0-9-]+$/.test(name))
      faults.add(
        `sumoHeaders has the name ${show(name)}`,
        "a header name is letters, digits and dashes",
        mend,
      );
    else if (/^(content-(type|length|encoding)|host|transfer-encoding|connection)$/i.test(name))
      faults.add(`sumoHeaders sets ${name}`, "the exporter sets that itself", mend);
    else if (typeof value !== "string" || /[\r\n]/.test(value) || value === "")
      faults.add(`sumoHeaders.${name} is not one line of text`, "must be", mend);
    else headers[name] = pulumi.secret(value);
  }
  return headers;
}
