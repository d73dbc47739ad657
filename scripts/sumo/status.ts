import type { SumoDestination } from "../../settings";
import { isWell, rowsOf, widthOf } from "../lib/finding";
import type { Stack } from "../lib/stack";
import type { Line } from "../status/line";
import { OFF } from "../status/paths";

/** How the second write does. */
export interface Status {
  text: string;
  /** Whether it does what the settings say. */
  ok: boolean;
}

const GOES: Record<SumoDestination, string> = {
  sumo: "goes to Sumo Logic",
  "stand-in": "goes to a stand-in that counts, since no sumoEndpoint is set",
  off: "is off",
};

/** @param lines of the second path, and of Alloy itself */
export function statusOf({ sumoDestination }: Stack, lines: Line[]): Status {
  const ok = isWell(lines);
  const width = widthOf(lines);
  const rows = lines.flatMap((line) => rowsOf(line, width).map((row) => row.trimEnd()));
  const taken = sumoDestination === "off" ? stillSent(lines) : `, ${isTaken(lines, ok)}`;
  return { ok, text: [`The second write ${GOES[sumoDestination]}${taken}.`, ...rows].join("\n") };
}

function stillSent(lines: Line[]): string {
  return lines.some(({ name, state }) => name === OFF && state !== "ok") ? ", but Alloy still sends" : "";
}

/** With nothing to send it is not known whether it would be taken. */
function isTaken(lines: Line[], ok: boolean): string {
  if (!ok) return "and is NOT taken as it should be";
  const perSecond = lines.reduce((sum, { data }) => sum + Number(data?.sentPerSecond ?? 0), 0);
  return perSecond > 0 ? "and is taken" : "and nothing is to be sent at the moment";
}
