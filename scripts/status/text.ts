import { isWell, rowsOf, verdictOf, widthOf } from "../lib/finding";
import { contextOf, type Stack } from "../lib/stack";
import type { Line } from "./line";

const SECOND_PATH = {
  sumo: "The second path is Sumo Logic.",
  "stand-in": "The second path is the stand-in.",
  off: "The second path is off.",
};

/** One screen for a person. */
export function screenOf({ components, sumoDestination }: Stack, lines: Line[]): string {
  const width = widthOf(lines);
  const rows = lines.flatMap((line, i) => {
    const title = line.area === lines[i - 1]?.area ? "" : line.area;
    return rowsOf(line, width).map((row, j) =>
      `${(j === 0 ? title : "").padEnd(AREA_WIDTH)}${row}`.trimEnd(),
    );
  });
  const second = components.includes("alloy")
    ? SECOND_PATH[sumoDestination]
    : "There is no second path without alloy.";
  return [...rows, "", `${verdictOf(lines)} ${second}`].join("\n");
}
const AREA_WIDTH = 11;

/** The same for a program. */
export function documentOf(stack: Stack, lines: Line[]): object {
  const { components, namespace, sumoDestination } = stack;
  return {
    ok: isWell(lines),
    context: contextOf(stack),
    namespace,
    components,
    secondPath: sumoDestination,
    lines,
  };
}
