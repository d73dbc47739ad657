import * as pulumi from "@pulumi/pulumi";
import { KEYS } from "./defaults";
import { type Faults, isRecord, type RawConfig, show } from "./raw";
import { isNearby } from "./sumo";

/** How to ask Sumo what it has; nothing that is made depends on it. */
export interface SumoApi {
  /** Address of the account's API, without a path, e.g. `https://api.eu.sumologic.com`. */
  endpoint: string;
  accessId: pulumi.Output<string>;
  accessKey: pulumi.Output<string>;
  /** What of the account is ours, as it stands before the first `|` of a search, e.g. `_sourceCategory=laptop`. */
  scope: string;
}

/** Each field, with what mends it. */
const FIELDS: Record<keyof SumoApi, string> = {
  endpoint: "pulumi config set --path sumoApi.endpoint https://api.sumologic.com",
  accessId: "pulumi config set --path --secret sumoApi.accessId …",
  accessKey: KEYS.sumoApi,
  scope: "pulumi config set --path sumoApi.scope _sourceCategory=laptop",
};
const NAMES = Object.keys(FIELDS) as (keyof SumoApi)[];

/** Reads and checks the key by which `npm run compare` asks Sumo itself. */
export function readSumoApi(raw: RawConfig, faults: Faults): SumoApi | undefined {
  const given = raw.structure("sumoApi", "object", "pulumi config rm sumoApi");
  if (!isRecord(given)) return undefined;
  for (const name of Object.keys(given))
    if (!(name in FIELDS))
      faults.add(
        `sumoApi has ${show(name)}`,
        `must have ${NAMES.join(", ")}`,
        `pulumi config rm --path sumoApi.${name}`,
      );
  if (!raw.isSecret("sumoApi"))
    faults.add("sumoApi is stored in plain text", "its access key must be a secret", FIELDS.accessKey);
  const text = (name: keyof SumoApi): string => {
    const value = given[name];
    if (typeof value === "string" && /^[^\r\n]+$/.test(value)) return value;
    faults.add(`sumoApi.${name} is not one line of text`, `${NAMES.join(", ")} must all be`, FIELDS[name]);
    return "";
  };
  const [endpoint, accessId, accessKey, scope] = NAMES.map(text) as [string, string, string, string];
  if (scope.includes("|"))
    faults.add(
      `sumoApi.scope is ${show(scope)}`,
      "must be only what stands before the first | of a search",
      FIELDS.scope,
    );
  return {
    endpoint: readEndpoint(endpoint, faults),
    accessId: pulumi.secret(accessId),
    accessKey: pulumi.secret(accessKey),
    scope,
  };
}

function readEndpoint(text: string, faults: Faults): string {
  if (text === "") return text; // told already
  const allowed = "must be an https address alone, such as https://api.eu.sumologic.com";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const safe = url && (url.protocol === "https:" || (url.protocol === "http:" && isNearby(url.hostname)));
  // Whatever stands beside the host may be a secret.
  if (!safe || url.href !== `${url.origin}/`)
    faults.add(
      `sumoApi.endpoint is ${url ? show(`${url.protocol}//${url.host}/…`) : "not a URL"}`,
      allowed,
      FIELDS.endpoint,
    );
  return url?.origin ?? "";
}
