import * as fs from "node:fs";
import * as path from "node:path";
import { PROJECT } from "../lib/home";
import { piecesOf } from "./markdown";

/** A command that a document tells its reader to type, or speaks of. */
export interface Command {
  /** Path from the project's folder. */
  file: string;
  line: number;
  text: string;
  /** The paragraph right before its block, which tells the reader how to run it; empty: there is none. */
  intro: string;
  /** Number of the section it stands in, counted in its document. */
  section: number;
  /** Whether it stands in a block of its own, and not within a sentence. */
  isBlock: boolean;
}

/** Words that begin a command; `k` and `h` are short names that a document defines. */
const PROGRAMS = ["npm", "npx", "pulumi", "kubectl", "k", "helm", "h", "kind", "docker", "eval"];
const IS_COMMAND = new RegExp(`^(${PROGRAMS.join("|")}) `);

/** Documents that a reader may follow; the ones whose order matters first. */
export function documents(project = PROJECT): string[] {
  const first = ["README.md", "docs/learning-path.md", "loadgen/README.md"];
  const docs = fs.readdirSync(path.join(project, "docs")).map((name) => `docs/${name}`);
  return [...new Set([...first, ...docs.filter((name) => name.endsWith(".md")).sort()])];
}

/** The commands of a document, in its order. */
export function commandsOf(file: string, text: string): Command[] {
  let section = 0;
  let before = "";
  return piecesOf(text).flatMap(({ kind, line, text, language }): Command[] => {
    if (kind === "heading") section++;
    const intro = kind === "block" ? before : "";
    before = kind === "text" ? text : "";
    const at = { file, section, intro };
    if (kind === "block" && language === "sh")
      return text
        .split("\n")
        .map((typed, i) => ({ ...at, text: typed.trim(), line: line + 1 + i, isBlock: true }))
        .filter((command) => command.text !== "");
    if (kind === "code" && IS_COMMAND.test(text)) return [{ ...at, line, text, isBlock: false }];
    return [];
  });
}
