import type { OutputMap } from "@pulumi/pulumi/automation";
import { checkChartRepositories } from "../lib/checks/charts";
import { checkDocker, checkProjectDisk } from "../lib/checks/machine";
import { Engine, type Kept } from "../lib/engine";
import { alloyPod, untilInEffect } from "../lib/in-effect";
import { operate } from "../lib/operation";
import { prepare } from "../lib/prepare";
import { Screen } from "../lib/screen";
import { contextOf, settingsOf } from "../lib/settings";
import { readStack } from "../lib/stack";
import { type ExitCode, inJson, runVerb, type Surroundings } from "../lib/verb";
import type { Settings } from "../../settings";
import { NAMESPACE } from "../../values/shared";
import { mend } from "./mend";
import { type Options, parseOptions } from "./options";
import { hasChanged, report, reportJson } from "./report";
import { podReaderThatFrees } from "./stuck";

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  return runVerb("up", parseOptions(argv), around, (options) => up(options, around));
}

/** Brings the stack to what the options and its settings say. */
export async function up(options: Options, { out, err }: Surroundings): Promise<ExitCode> {
  const beganAt = Date.now();
  const screen = new Screen(options.json ? err : out);
  const tell = (text: string) => screen.line(text);
  checkProjectDisk();
  const tools = await prepare(tell, options.stack);
  const engine = (await Engine.open(options.stack, { make: true, tell }))!;
  if (options.components)
    await engine.setComponents(options.components === "all" ? undefined : options.components);
  if (options.sumoEnabled !== undefined)
    await engine.set("sumoEnabled", String(options.sumoEnabled), { secret: false });
  const settings = settingsOf(engine.name);
  const kept = await engine.keptWhenFree();
  await check(settings, kept, screen);
  tell(`${tools.map(({ name, version }) => `${name} ${version}`).join(", ")}; stack ${engine.name}`);
  const where = { cluster: contextOf(settings), namespace: NAMESPACE };
  await mend({ engine, kept, where, tell });

  const ended = "ended before the stack was up; `npm run up` goes on from here.";
  const onOutput = options.verbose ? (text: string) => void err.write(text) : undefined;
  const pods = () => podReaderThatFrees(where, tell);
  const { changes, outputs } = await operate({ screen, ended, pods }, async (how) => {
    const made = await engine.up({ ...how, onOutput, refresh: kept.interrupted });
    if (kept.interrupted) await engine.forgetInterrupted();
    return made;
  });
  if (hasChanged(changes)) await goesByIt(outputs, screen);
  const seconds = (Date.now() - beganAt) / 1_000;
  if (options.json) out.write(inJson(reportJson(engine.name, outputs, changes, seconds)));
  else out.write(`\n${report(outputs, changes, seconds.toFixed(1))}\n`);
  return 0;
}

/** Has what is sent from now on go the ways that the settings say. */
async function goesByIt(outputs: OutputMap, screen: Screen): Promise<void> {
  const values = Object.entries(outputs).map(([name, { value }]) => [name, value as unknown]);
  const stack = readStack(Object.fromEntries(values) as Record<string, unknown>);
  if (!stack.components.includes("alloy")) return;
  screen.status("waiting for Alloy to go by its configuration");
  await untilInEffect(stack, alloyPod(stack)).finally(() => screen.clear());
}

/** Looks at all that a first `up` needs before anything is made. */
async function check(settings: Settings, kept: Kept, screen: Screen): Promise<void> {
  const first = kept.clusterUrn === undefined;
  if (first) await checkChartRepositories(settings);
  if (settings.cluster.kind === "existing") return;
  const found = await checkDocker({ first, nodeImage: settings.cluster.nodeImage });
  screen.line(
    `Docker ${found
      .filter(({ state }) => state === "ok")
      .map(({ saw }) => saw)
      .join(", ")}`,
  );
  for (const { state, saw } of found) if (state === "warn") screen.line(`Mind: ${saw}.`);
}
