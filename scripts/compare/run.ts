import type { Settings } from "../../settings";
import { runOnStack, type Surroundings as OnStack } from "../lib/running";
import { settingsWithSecrets } from "../lib/settings";
import type { ExitCode } from "../lib/verb";
import { watch } from "../lib/watch";
import { type AskSumo, compare, requireComparable } from "./comparison";
import { parseOptions } from "./options";
import { json as asJson, text } from "./report";
import { type Pace, SumoSearch } from "./sumo-search";

/** What the program was started with. */
export interface Surroundings extends OnStack {
  readSettings?: (name?: string) => Promise<Settings>;
  /** The moment, in milliseconds since 1970. */
  now?: () => number;
  sumoPace?: Pace;
  /** How many looks --watch takes; by default, as many as there is time for. */
  looks?: number;
}

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  const { out, now = Date.now, looks } = around;
  return runOnStack("compare", parseOptions(argv, now()), around, async (stack, options) => {
    const { stack: name, window, toleranceS, watchEveryMs: everyMs, json } = options;
    requireComparable(stack);
    const sumo =
      stack.sumoDestination === "sumo"
        ? await accessOf(await (around.readSettings ?? settingsWithSecrets)(name), around.sumoPace)
        : undefined;
    return watch({ everyMs, json, out, looks }, async (before) => {
      if (before > 0 && !json) out.write("\n");
      const comparison = await compare(stack, window(now()), toleranceS, sumo);
      if (json) out.write(`${JSON.stringify(asJson(comparison), null, everyMs === undefined ? 2 : 0)}\n`);
      else out.write(`${text(comparison, toleranceS)}\n`);
      return comparison.same ? 0 : 1;
    });
  });
}

/** How Sumo itself is asked, where the settings say how. */
async function accessOf({ sumoApi }: Settings, pace?: Pace): Promise<AskSumo | undefined> {
  if (!sumoApi) return undefined;
  const [accessId, accessKey] = await Promise.all(
    [sumoApi.accessId, sumoApi.accessKey].map(
      (secret) => new Promise<string>((resolve) => secret.apply(resolve)),
    ),
  );
  const access = { endpoint: sumoApi.endpoint, accessId: accessId!, accessKey: accessKey! };
  return { search: new SumoSearch(access, pace), scope: sumoApi.scope };
}
