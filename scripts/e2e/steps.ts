import { metricsReader } from "../lib/cluster";
import { docker } from "../lib/docker";
import { Engine } from "../lib/engine";
import { Fault } from "../lib/fault";
import { nodeOf } from "../lib/kind";
import { notSilent } from "../lib/paths";
import { findStack } from "../lib/stack";
import type { Bench } from "./bench";

/** One step of the test; it throws when what it checks is not so. */
export interface Step {
  name: string;
  run: (bench: Bench) => Promise<unknown>;
}

const NODE = nodeOf();

const verify: Step = { name: "verify", run: (bench) => bench.npmRun("verify") };

export const STEPS: Step[] = [
  { name: "up from nothing", run: (bench) => bench.npmRun("up") },
  verify,
  {
    name: "up again: nothing changes",
    run: (bench) => expectSaid(bench.npmRun("up"), "nothing had to change"),
  },
  { name: "second write off", run: (bench) => toggle(bench, "false") },
  { name: "second path is silent at once", run: () => secondPathIsSilent() },
  verify,
  { name: "second path is silent still", run: () => secondPathIsSilent() },
  { name: "second write on", run: (bench) => toggle(bench, "true") },
  verify,
  { name: "node restarts", run: () => docker("restart", NODE) },
  { name: "all is ready again", run: (bench) => bench.npmRun("resume") },
  verify,
  { name: "down", run: (bench) => bench.npmRun("down") },
  { name: "nothing is left", run: (bench) => nothingIsLeft(bench) },
];

async function toggle(bench: Bench, sumoEnabled: string): Promise<void> {
  await bench.command("pulumi", "config", "set", "sumoEnabled", sumoEnabled);
  await bench.npmRun("up");
}

async function expectSaid(saying: Promise<string>, words: string): Promise<void> {
  if (!(await saying).includes(words)) throw new Fault(`It did not say "${words}".`);
}

/** Alloy has no exporter for Sumo any more, so nothing can leave. */
async function secondPathIsSilent(): Promise<void> {
  const why = await notSilent(metricsReader(await findStack()));
  if (why !== undefined) throw new Fault(`The second path is not silent: ${why}.`);
}

/** What a stack can leave behind on a machine. */
async function nothingIsLeft(bench: Bench): Promise<void> {
  const left = [
    ...lines("container", await docker("ps", "--all", "--format", "{{.Names}}", "--filter", `name=${NODE}`)),
    ...lines("volume", await docker("volume", "ls", "--format", "{{.Name}}", "--filter", "name=watchtower")),
    ...lines("cluster", await bench.command("kind", "get", "clusters")).filter((one) =>
      one.endsWith(" watchtower"),
    ),
  ];
  const engine = await Engine.open(undefined, { make: false, tell: () => undefined });
  const resources = (await engine?.kept())?.resources ?? 0;
  if (resources > 0) left.push(`${resources} resources in Pulumi's state`);
  if (left.length > 0) throw new Fault(`This is left: ${left.join(", ")}.`);
}

function lines(kind: string, text: string): string[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => `${kind} ${line}`);
}
