import * as fs from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { type Document, parseDocument } from "yaml";

/** The settings of the second write, as a stack's file has them: a secret is ciphertext there. */
export interface SecondWrite {
  sumoEndpoint?: unknown;
  sumoEnabled?: unknown;
}

/** What was set, and what puts it back. */
export interface SetSecondWrite {
  file: string;
  before: SecondWrite;
  /** The endpoint that we have set; undefined: we may have been killed while we did. */
  ours?: unknown;
}

const KEYS = ["sumoEndpoint", "sumoEnabled"] as const;

export function readSecondWrite(file: string): SecondWrite {
  const yaml = read(file);
  return Object.fromEntries(
    KEYS.map((key) => [
      key,
      (yaml.toJS() as { config?: Record<string, unknown> } | null)?.config?.[`watchtower:${key}`],
    ]),
  );
}

/**
 * Puts these two settings back, and leaves all others; but not where somebody has set another endpoint since, who then has
 * decided on both.
 * @returns whether it did
 */
export function restoreSecondWrite({ file, before, ours }: SetSecondWrite): boolean {
  if (ours !== undefined && !isDeepStrictEqual(readSecondWrite(file).sumoEndpoint, ours)) return false;
  const yaml = read(file);
  for (const key of KEYS) {
    const place = ["config", `watchtower:${key}`];
    if (before[key] === undefined) yaml.deleteIn(place);
    else yaml.setIn(place, before[key]);
  }
  fs.writeFileSync(file, yaml.toString({ lineWidth: 0 }));
  return true;
}

function read(file: string): Document {
  return parseDocument(fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "");
}
