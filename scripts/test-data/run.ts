import { dashboards } from "../../dashboards";
import { Fault } from "../lib/fault";
import { type StartLoad, startLoad, tellSent } from "../lib/load";
import { durationOf, parse, stackName, wholeOf } from "../lib/options";
import { readPart, requireRuns } from "../lib/parts";
import { runOnStack, type Surroundings as OnStack } from "../lib/running";
import { SIGNALS } from "../lib/signals";
import type { Stack } from "../lib/stack";
import type { ExitCode } from "../lib/verb";

/** What the program was started with. */
export interface Surroundings extends OnStack {
  startLoad?: StartLoad;
}

const HELP = `Sends a short load of three services to the stack, so that there is something to look at, and says where.
\`npm run loadgen\` sends more, or something else.

npm run test-data -- [options]
  --rate 10        requests per second (default 10)
  --duration 30s   for how long (default 30s)
  --stack local    the stack (default: PULUMI_STACK, or the one selected)
  --help           print this

Exit code: 0 all was delivered, 1 it was not, 2 an option is wrong.`;

const FLAGS = {
  rate: { type: "string", default: "10" },
  duration: { type: "string", default: "30s" },
  stack: { type: "string" },
} as const;

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  const parsed = parse(
    { name: "test-data", help: HELP, flags: FLAGS },
    argv,
    ({ rate, duration, stack }) => ({
      load: { rate: wholeOf("rate", rate), durationMs: durationOf("duration", duration) },
      stack: stackName(stack),
    }),
  );
  return runOnStack("test-data", parsed, around, async (stack, { load }) => {
    const tell = (text: string) => void around.out.write(`${text}\n`);
    requireRuns(readPart("alloy"), stack);
    const signals = signalsOf(stack);
    if (signals.length === 0)
      throw new Fault("This stack keeps nothing and sends nothing on: `npm run up -- all` runs every part.");
    tell(`Sending ${load.rate} requests/s for ${load.durationMs / 1_000} s to ${stack.otlp!.grpc}.`);
    const running = (around.startLoad ?? startLoad)(stack.otlp!, { ...load, signals });
    const sent = await running.ended;
    tell(`${tellSent(sent)}.`);
    tell(whereToLook(stack));
    return sent.delivered ? 0 : 1;
  });
}

/** Those that Alloy takes: what has no backend goes to the second path alone, if there is one. */
function signalsOf({ components, sumoDestination }: Stack): string[] {
  return SIGNALS.filter(({ backend }) => sumoDestination !== "off" || components.includes(backend)).map(
    ({ dataType }) => dataType,
  );
}

function whereToLook({ grafana, components, sumoDestination }: Stack): string {
  const pages = grafana ? Object.values(dashboards(new Set(components))) : [];
  const titled = pages.map((page) => JSON.parse(page) as { uid: string; title: string });
  const width = Math.max(...titled.map(({ title }) => title.length), 0);
  return [
    ...titled.map(({ uid, title }) => `${title.padEnd(width)}  ${grafana?.url}/d/${uid}`),
    ...(sumoDestination === "off" ? [] : ["The second path: npm run sumo status"]),
  ].join("\n");
}
