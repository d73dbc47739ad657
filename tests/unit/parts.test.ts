import { isOf, PART_NAMES, readPart, requireRuns } from "../../scripts/lib/parts";
import type { Stack } from "../../scripts/lib/stack";
import { COMPONENTS } from "../../versions";
import { renderOf, RELEASES, toRender } from "../helpers/releases";
import { describeWith } from "../helpers/tools";

const stack = (given: Partial<Stack>) =>
  ({ components: [...COMPONENTS], sumoDestination: "stand-in", ...given }) as Stack;

describe("a component that a verb is asked for", () => {
  it.each([...COMPONENTS, "sumo-stand-in", "mimir-querier"])("may be %s", (name) => {
    expect(readPart(name).name).toBe(name);
  });

  it("is refused with those there are when it is none", () => {
    expect(() => readPart("mimi")).toThrow(`There is no component "mimi": it takes ${PART_NAMES}`);
    expect(() => readPart("mimir-")).toThrow("There is no component");
  });

  it("is all of Mimir's pods, or one of them", () => {
    const pods = [
      "mimir-querier-6f5-x",
      "mimir-query-frontend-7c9-y",
      "mimir-ingester-0",
      "mimir-ingester-zone-a-0",
      "loki-0",
      "alloy-1",
    ];
    expect(pods.filter((pod) => isOf(readPart("mimir"), pod))).toEqual(pods.slice(0, 3));
    expect(pods.filter((pod) => isOf(readPart("mimir-querier"), pod))).toEqual(pods.slice(0, 1));
    expect(pods.filter((pod) => isOf(readPart("mimir-ingester"), pod))).toEqual(["mimir-ingester-0"]);
  });

  it.each([
    [
      "loki",
      { components: ["grafana", "alloy"] },
      "This stack runs without loki: `npm run up -- grafana alloy loki` adds it.",
    ],
    [
      "mimir-querier",
      { components: ["alloy"] },
      "This stack runs without mimir: `npm run up -- alloy mimir` adds it.",
    ],
    [
      "sumo-stand-in",
      { sumoDestination: "sumo" },
      "There is no stand-in: the second write goes to Sumo Logic",
    ],
    ["sumo-stand-in", { sumoDestination: "off" }, "There is no stand-in: the second write is off"],
    [
      "sumo-stand-in",
      { components: ["loki"], sumoDestination: "off" },
      "This stack runs without alloy: `npm run up -- loki alloy` adds it.",
    ],
  ] as const)("is told of when the stack runs without it: %s", (name, given, sentence) => {
    const part = readPart(name);
    expect(() => requireRuns(part, stack({ ...given } as Partial<Stack>))).toThrow(sentence);
    expect(() => requireRuns(part, stack({}))).not.toThrow();
  });
});

describeWith(toRender(...COMPONENTS), "the parts, as the charts make them", () => {
  it("have a workload for each of their names, and leave none out", () => {
    const made = RELEASES.flatMap((name) => renderOf(name).pods).map(({ owner }) => owner.split(" ")[1]!);
    const known = [...COMPONENTS, "sumo-stand-in"].flatMap((name) => readPart(name).workloads);
    expect(known.sort()).toEqual(made.sort());
  });
});
