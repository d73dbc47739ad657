import { Fault } from "../lib/fault";
import { Grafana } from "../lib/grafana";
import { asTyped } from "../lib/home";
import { parse, stackName } from "../lib/options";
import { readPart, requireRuns } from "../lib/parts";
import { runOnStack, type Surroundings as OnStack } from "../lib/running";
import type { ExitCode } from "../lib/verb";

/** What the program was started with. */
export interface Surroundings extends OnStack {
  /** Shows an address in the user's browser. */
  browse?: (url: string) => Promise<unknown>;
}

const HELP = `Opens Grafana in your browser, and prints its address, the user, and the command that tells the password.

npm run open -- [options]
  --print          only print
  --stack local    the stack (default: the one selected, or PULUMI_STACK)
  --help           print this

Exit code: 0 done, 1 Grafana does not answer, 2 an option is wrong.`;

const FLAGS = { print: { type: "boolean", default: false }, stack: { type: "string" } } as const;

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  const parsed = parse({ name: "open", help: HELP, flags: FLAGS }, argv, ({ print, stack }) => ({
    print,
    stack: stackName(stack),
  }));
  return runOnStack("open", parsed, around, async ({ grafana, ...stack }, { print }) => {
    if (grafana === undefined) return requireRuns(readPart("grafana"), stack) ?? 1;
    await new Grafana({ ...stack, grafana }).get("/api/health");
    around.out.write(
      [
        `Grafana    ${grafana.url}`,
        `user       ${grafana.user}`,
        `password   ${asTyped("pulumi stack output grafanaPassword --show-secrets")}\n`,
      ].join("\n"),
    );
    if (!print) await (around.browse ?? browse)(grafana.url).catch(nothingToShowItWith);
    return 0;
  });
}

async function browse(url: string): Promise<unknown> {
  return (await import("open")).default(url);
}

function nothingToShowItWith(): never {
  throw new Fault("No browser can be opened from here: open the address above yourself.");
}
