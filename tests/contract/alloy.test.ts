import * as fs from "node:fs";
import * as path from "node:path";
import { alloyConfig, standInConfig } from "../../alloy/compose";
import { alloyValues, sumoStandInValues } from "../../values/alloy";
import { type Component, COMPONENTS } from "../../versions";
import { describeWith, type Ended, program, run, temporaryFolder } from "../helpers/tools";

const alloy = program("alloy");
/** The features that the pods allow their Alloy. */
const LEVEL = alloyValues({ components: new Set(COMPONENTS) }).alloy.stabilityLevel;
const STAND_IN_LEVEL = sumoStandInValues({ config: "" }).alloy.stabilityLevel;

function composed(components: readonly Component[], secondPath: boolean): string {
  return alloyConfig({ components: new Set(components), secondPath });
}

const DUAL = composed(COMPONENTS, true);

/** Every configuration that some stack runs: its text, and the level of features its pod allows. */
const CONFIGS: [string, string, string][] = [
  ["both paths", DUAL, LEVEL],
  ["the local path alone", composed(COMPONENTS, false), LEVEL],
  ["the second path alone", composed(["alloy"], true), LEVEL],
  ...(["tempo", "loki", "mimir"] as const).flatMap((backend): [string, string, string][] => [
    [`${backend} and the second path`, composed([backend], true), LEVEL],
    [`${backend} alone`, composed([backend], false), LEVEL],
  ]),
  ["the stand-in for Sumo", standInConfig(), STAND_IN_LEVEL],
];

describeWith([alloy], "the real Alloy", () => {
  let folder: string;
  beforeAll(() => {
    folder = temporaryFolder();
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  function ask(command: "fmt" | "validate", text: string, ...flags: string[]): Ended {
    const file = path.join(folder, "config.alloy");
    fs.writeFileSync(file, text);
    return run(alloy, [command, ...flags, file]);
  }

  it.each(CONFIGS)("accepts the configuration for %s", (_, text, level) => {
    expect(ask("validate", text, `--stability.level=${level}`)).toMatchObject({ code: 0, stderr: "" });
  });

  it.each(CONFIGS)("would write the configuration for %s as it is written", (_, text) => {
    expect(ask("fmt", text)).toEqual({ code: 0, stdout: text, stderr: "" });
  });

  it.each([
    ["a component that is not there", DUAL.replace("batch.tempo.input", "batch.nobody.input"), /nobody/],
    ["an attribute that nothing reads", DUAL.replace("sizer  ", "sizzer"), /sizzer/],
    ["a word that was not filled in", DUAL.replace(/= \[.*\]/, "= TRACES"), /TRACES/],
    ["a block that is not closed", DUAL.trimEnd().slice(0, -1), /expected/],
  ])("refuses %s", (_, text, why) => {
    expect(text).not.toBe(DUAL);
    const { code, stderr } = ask("validate", text, `--stability.level=${LEVEL}`);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(why);
  });

  it("refuses the queues on disk below the level that the pod is given", () => {
    const { code, stderr } = ask("validate", DUAL, `--stability.level=generally-available`);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/otelcol\.storage\.file.*public-preview/);
  });
});
