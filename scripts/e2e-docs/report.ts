import type { Result } from "./follow";
import type { Planned } from "./plan";

/** What came of a command, as a line of a table, and below it why it failed. */
export function resultLine({ command, outcome, time = "", note }: Result): string {
  const line = `${outcome.padEnd(8)}  ${time.padStart(8)}  ${where(command)}  ${command.text}`;
  if (note === undefined) return line;
  return outcome === "not run" ? `${line}  (${note})` : [line, ...note.split("\n").map(indented)].join("\n");
}

/** What would become of a command. */
export function planLine(command: Planned): string {
  const why = command.way === "not run" ? `  (${command.why})` : "";
  return `${command.way.padEnd(8)}  ${where(command)}  ${command.text}${why}`;
}

/** What all of it comes to. */
export function verdict(results: Result[]): string {
  const count = (wanted: Result["outcome"]) => results.filter(({ outcome }) => outcome === wanted).length;
  const rest = [
    `${count("not run")} not run`,
    ...(count("left out") > 0 ? [`${count("left out")} left out`] : []),
  ].join(", ");
  const failed = results.filter(({ outcome }) => outcome === "FAILED");
  const ran = `${count("ok")} of ${count("ok") + failed.length} commands did what the documents say; ${rest}`;
  if (failed.length === 0) return `${ran}.`;
  return `${ran}.\nFAILED: ${failed.map(({ command }) => `${where(command).trim()} \`${command.text}\``).join("; ")}`;
}

/** Whether each command that was to run did, and came out as its document says. */
export function allWell(results: Result[]): boolean {
  return results.every(({ outcome }) => outcome === "ok" || outcome === "not run");
}

function where({ file, line }: Planned): string {
  return `${file}:${line}`.padEnd(32);
}

function indented(line: string): string {
  return `          ${line}`;
}
