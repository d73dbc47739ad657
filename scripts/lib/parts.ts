import { CONTAINERS, isPodOf } from "../../values/containers";
import { type Component, COMPONENTS } from "../../versions";
import { Fault } from "./fault";
import { Misuse } from "./options";
import type { Stack } from "./stack";

/** A component of the stack, or one of Mimir's, as a person names it. */
export interface Part {
  name: string;
  /** Its Deployments and StatefulSets; pods are named after them. */
  workloads: string[];
}

const WORKLOADS = [...new Set(CONTAINERS.map(({ workload }) => workload))];
const STAND_IN = "sumo-stand-in";

/** A release that the program may make, by Helm's name; the stand-in comes from Alloy's chart. */
export type Release = Component | typeof STAND_IN;
export const RELEASES: readonly string[] = [...COMPONENTS, STAND_IN];

/** The releases that a stack should have. */
export function releasesOf({
  components,
  sumoDestination,
}: {
  components: Iterable<Component>;
  sumoDestination: Stack["sumoDestination"];
}): Release[] {
  return [...components, ...(sumoDestination === "stand-in" ? ([STAND_IN] as const) : [])];
}

/** What a component may be, for people. */
export const PART_NAMES = `${RELEASES.join(", ")}, or one part of Mimir such as mimir-querier`;

/** @throws Misuse when there is no such part */
export function readPart(name: string): Part {
  if (name === "mimir") return { name, workloads: WORKLOADS.filter((one) => one.startsWith("mimir-")) };
  if (!WORKLOADS.includes(name)) throw new Misuse(`There is no component "${name}": it takes ${PART_NAMES}`);
  return { name, workloads: [name] };
}

/** @throws Fault when the stack runs without it */
export function requireRuns({ name }: Part, { components, sumoDestination }: Stack): void {
  if (name === STAND_IN && components.includes("alloy")) {
    if (sumoDestination === "stand-in") return;
    const where = sumoDestination === "off" ? "is off" : "goes to Sumo Logic";
    throw new Fault(`There is no stand-in: the second write ${where} (\`npm run sumo status\`).`);
  }
  const component = name === STAND_IN ? "alloy" : (name.split("-")[0] as Component);
  if (!components.includes(component))
    throw new Fault(`This stack runs without ${component}: \`${adding(component, components)}\` adds it.`);
}

/** The command by which a stack runs one component more. */
export function adding(component: Component, components: readonly Component[]): string {
  return `npm run up -- ${[...components, component].join(" ")}`;
}

/** Whether a pod of that name is one of the part's. */
export function isOf({ workloads }: Part, pod: string): boolean {
  return workloads.some((workload) => isPodOf(workload, pod));
}
