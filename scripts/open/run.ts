import { Fault } from "../lib/fault";
import { grafanaOf } from "../lib/grafana";
import { asTyped } from "../lib/home";
import { parse, stackName } from "../lib/options";
import { runOnStack, type Surroundings as OnStack } from "../lib/running";
import type { ExitCode } from "../lib/verb";

/** A Grafana that is well answers at once. */
const ANSWER_WITHIN_MS = 2_000;

/** What the program was started with. */
export interface Surroundings extends OnStack {
  /** Shows an address in the user's browser. */
  browse?: (url: string) => Promise<unknown>;
}

const HELP = `Opens Grafana in your browser, and prints its address, the user, and the command that tells the password.

npm run open -- [options]
  --print          only print
  --stack local    the stack (default: PULUMI_STACK, or the one selected)
  --help           print this

Exit code: 0 done, 1 Grafana does not answer or is not well, 2 an option is wrong.`;

const FLAGS = { print: { type: "boolean", default: false }, stack: { type: "string" } } as const;

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  const parsed = parse({ name: "open", help: HELP, flags: FLAGS }, argv, ({ print, stack }) => ({
    print,
    stack: stackName(stack),
  }));
  return runOnStack("open", parsed, around, async (stack, { print }) => {
    const { status } = await grafanaOf(stack, ANSWER_WITHIN_MS).get("/api/health");
    const grafana = stack.grafana!;
    if (status !== 200)
      throw new Fault(
        `Grafana at ${grafana.url} is not well (${status}): \`npm run status\` tells what ails the stack.`,
      );
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
