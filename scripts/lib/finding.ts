import { Fault } from "./fault";
import { withWayToPulumi } from "./home";

/** `warn`: it works, and may not for long, or could not be looked at; `wrong`: it does not work. */
export type State = "ok" | "warn" | "wrong";

/** What a look at one thing found. */
export interface Finding {
  /** What was looked at. */
  name: string;
  state: State;
  /** What was seen. */
  saw: string;
  /** The command, or what else a person can do, that mends it. */
  mend?: string;
}

const RANK: Record<State, number> = { ok: 0, warn: 1, wrong: 2 };

/** One finding of several about the same thing: as bad as the worst, and mended as that is. */
export function together(name: string, findings: Omit<Finding, "name">[]): Finding {
  const worst = [...findings].sort((a, b) => RANK[b.state] - RANK[a.state])[0];
  return {
    name,
    state: worst?.state ?? "ok",
    saw: findings.map(({ saw }) => saw).join("; "),
    ...(worst?.mend !== undefined && { mend: worst.mend }),
  };
}

/** @throws Fault with the first that is wrong */
export function refuseWrong(findings: Finding[]): void {
  const wrong = findings.find(({ state }) => state === "wrong");
  if (wrong) throw new Fault(sentenceOf(wrong));
}

/** A finding as one sentence. */
export function sentenceOf({ saw, mend }: Finding): string {
  return mend === undefined ? saw : `${saw}: ${mend}.`;
}

const WORD: Record<State, string> = { ok: "ok", warn: "warn", wrong: "WRONG" };

/** How wide the column of names is. */
export function widthOf(findings: Finding[]): number {
  return Math.max(...findings.map(({ name }) => name.length));
}

/** Rows of a table: state, name, what was seen; below what is not well, how to mend it. */
export function rowsOf({ name, state, saw, mend }: Finding, width: number): string[] {
  const indent = " ".repeat(width + 9);
  const [first = "", ...more] = withWayToPulumi(saw).split("\n");
  return [
    `${WORD[state].padEnd(5)}  ${name.padEnd(width)}  ${first}`.trimEnd(),
    ...more.map((line) => `${indent}${line.trim()}`),
    ...(mend === undefined || state === "ok" ? [] : [`${indent}→ ${withWayToPulumi(mend)}`]),
  ];
}

/** What all of them come to, in one sentence. */
export function verdictOf(findings: Finding[]): string {
  const names = (state: State) => [
    ...new Set(findings.filter((one) => one.state === state).map(({ name }) => name)),
  ];
  const [wrong, warned] = [names("wrong"), names("warn")];
  if (wrong.length > 0) return `NOT all is well: ${wrong.join(", ")}.`;
  return warned.length > 0 ? `Nothing is wrong; mind: ${warned.join(", ")}.` : "All is well.";
}

export function isWell(findings: Finding[]): boolean {
  return findings.every(({ state }) => state !== "wrong");
}
