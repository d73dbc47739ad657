import { setTimeout as sleep } from "node:timers/promises";
import type { Settings } from "../../settings";
import { Fault } from "../lib/fault";
import { settingsWithSecrets } from "../lib/settings";
import { findStack, type Stack } from "../lib/stack";
import { type ExitCode, runVerb, type Surroundings as Streams } from "../lib/verb";
import { type AskSumo, compare } from "./comparison";
import { parseOptions } from "./options";
import { json as asJson, text } from "./report";
import { type Pace, SumoSearch } from "./sumo-search";

/** What the program was started with. */
export interface Surroundings extends Streams {
  findStack?: (name?: string) => Promise<Stack>;
  readSettings?: (name?: string) => Promise<Settings>;
  /** The moment, in milliseconds since 1970. */
  now?: () => number;
  sumoPace?: Pace;
  /** How many looks --watch takes; by default, as many as there is time for. */
  looks?: number;
}

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  const { out, now = Date.now, looks = Infinity } = around;
  return runVerb("compare", parseOptions(argv, now()), around, async (options) => {
    const { stack: name, window, toleranceS, watchS, json } = options;
    const write = (value: object) =>
      void out.write(`${watchS === undefined ? JSON.stringify(value, null, 2) : JSON.stringify(value)}\n`);
    const look = async (stack: Stack, sumo?: AskSumo): Promise<ExitCode> => {
      const comparison = await compare(stack, window(now()), toleranceS, sumo);
      if (json) write(asJson(comparison));
      else out.write(`${text(comparison, toleranceS)}\n`);
      return comparison.same ? 0 : 1;
    };
    const stack = await (around.findStack ?? findStack)(name);
    const sumo =
      stack.sumoDestination === "sumo"
        ? await accessOf(await (around.readSettings ?? settingsWithSecrets)(name), around.sumoPace)
        : undefined;
    let code = await look(stack, sumo);
    for (let looked = 1; watchS !== undefined && looked < looks; looked++) {
      await sleep(watchS * 1000);
      if (!json) out.write("\n");
      // What is looked at may be down for a while, which is what one watches for.
      code = await look(stack, sumo).catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error;
        if (json) write({ ok: false, error: error.message });
        else out.write(`${error.message}\n`);
        return 1;
      });
    }
    return code;
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
