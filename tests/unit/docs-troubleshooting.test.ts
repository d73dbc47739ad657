import * as fs from "node:fs";
import * as path from "node:path";
import { PROJECT } from "../../scripts/lib/home";

describe("docs/troubleshooting.md", () => {
  /** What other programs say. */
  const OTHERS = [
    "connection refused",
    "telemetry type is not supported",
    "cannot re-use a name",
    "currently locked",
    "passphrase must be set",
    "Insufficient memory",
    "OOMKilled, exit code 137",
    "too many open files",
    "Error, ",
  ];
  const text = fs.readFileSync(path.join(PROJECT, "docs/troubleshooting.md"), "utf8");
  const sources = ["scripts", "settings", "components"]
    .map(sourcesIn)
    .join("\n")
    .replaceAll("$CLUSTER", "watchtower");
  const symptoms = [...text.matchAll(/^\| ([^|]*`[^|]*)\|/gm)].flatMap(([, cell]) => [
    ...cell!.matchAll(/`([^`]+)`/g),
  ]);

  it.each(
    [...new Set(symptoms.map(([, symptom]) => symptom!))].filter((one) => !one.startsWith("localhost")),
  )("%s is what we say", (symptom) => {
    const fragments = OTHERS.reduce((rest, other) => rest.replace(other, "…"), symptom)
      .split(/[…()]/)
      .map((part) => part.trim().replace(/^Port 3000 |^1 /, ""))
      .filter((part) => part.length > 3);
    expect(fragments.filter((part) => !sources.includes(part))).toEqual([]);
  });
});

function sourcesIn(folder: string): string {
  return fs
    .readdirSync(path.join(PROJECT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|sh)$/.test(file))
    .map((file) => fs.readFileSync(path.join(PROJECT, folder, file), "utf8"))
    .join("\n");
}
