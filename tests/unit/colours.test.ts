import { coloured, hasColours } from "../../scripts/lib/colours";
import { Memory } from "../helpers/memory";

const terminal = Object.assign(new Memory(), { isTTY: true });
const file = new Memory();

describe("colours", () => {
  it.each([
    ["on a terminal", terminal, {}, true],
    ["in a file or a pipe", file, {}, false],
    ["on a terminal of somebody who wants none", terminal, { NO_COLOR: "1" }, false],
    ["with an empty NO_COLOR, which counts as none", terminal, { NO_COLOR: "" }, true],
    ["on a terminal that has none", terminal, { TERM: "dumb" }, false],
    ["in a file, where they are wanted all the same (CI)", file, { FORCE_COLOR: "1" }, true],
    ["where they are forced and not wanted", terminal, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
    ["where they are forced off", terminal, { FORCE_COLOR: "0" }, false],
  ])("%s", (_, out, env, has) => {
    expect(hasColours(out, env)).toBe(has);
  });

  it("mark the word that tells how something is, and nothing else", () => {
    const before = process.env;
    process.env = { FORCE_COLOR: "1" };
    expect(coloured(file, "ok  loki\nwarn  disk")).toBe(
      "\u001b[32mok\u001b[39m  loki\n\u001b[33mwarn\u001b[39m  disk",
    );
    const lines = ["ok       trace", "MISSING  trace", "Mind: little memory", "okay", "Sending one"];
    const shown = lines.map((line) => coloured(file, line));
    process.env = before;
    expect(shown).toEqual([
      "\u001b[32mok\u001b[39m       trace",
      "\u001b[31mMISSING\u001b[39m  trace",
      "\u001b[33mMind:\u001b[39m little memory",
      "okay",
      "Sending one",
    ]);
    expect(coloured(file, "ok       trace")).toBe("ok       trace");
  });
});
