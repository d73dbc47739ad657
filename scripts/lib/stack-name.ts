/** The project, as Pulumi.yaml names it. */
export const PROJECT_NAME = "watchtower";

/** The stack that `npm run up` makes where none is chosen: the one whose settings we ship. */
export const FIRST_STACK = "local";

/**
 * The stack that was named, or that of PULUMI_STACK.
 * @returns undefined where Pulumi itself has to say which is selected
 */
export function stackChosen(named: string | undefined): string | undefined {
  return named ?? (process.env.PULUMI_STACK || undefined); // an empty one counts as none to Pulumi, too
}

/** A stack's name without the organisation and the project that may stand before it. */
export function shortName(stack: string): string {
  return stack.split("/").pop()!;
}

/** The file of a stack's settings. */
export function stackFileOf(stack: string): string {
  return `Pulumi.${shortName(stack)}.yaml`;
}
