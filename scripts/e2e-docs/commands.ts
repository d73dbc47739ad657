import * as fs from "node:fs";
import * as path from "node:path";
import { PROJECT } from "../lib/home";
import { piecesOf } from "./markdown";

/** A command that a document tells its reader to type, or speaks of. */
export interface Command {
  /** Path from the project's folder. */
  file: string;
  line: number;
  /** As it stands there, without its comment. */
  text: string;
  /** What stands behind it after a `#`; empty: nothing. */
  comment: string;
  /** Number of the section it stands in, counted in its document. */
  section: number;
  /** Whether it stands in a block of its own, and not within a sentence. */
  isBlock: boolean;
}

/** Words that begin a command; `k` and `h` are short names that a document defines. */
const PROGRAMS = ["npm", "npx", "pulumi", "kubectl", "k", "helm", "h", "kind", "docker", "eval"];
const IS_COMMAND = new RegExp(`^(${PROGRAMS.join("|")}) `);

/** A command's own comment; none of our commands has a `#` with a space before it in its text. */
const COMMENT = /\s+#\s*(.*)$/;

/** Documents that a reader may follow; the ones whose order matters first. */
export function documents(project = PROJECT): string[] {
  const first = ["README.md", "docs/learning-path.md", "loadgen/README.md"];
  const docs = fs.readdirSync(path.join(project, "docs")).map((name) => `docs/${name}`);
  return [...new Set([...first, ...docs.filter((name) => name.endsWith(".md")).sort()])];
}

/** The commands of a document, in its order. */
export function commandsOf(file: string, text: string): Command[] {
  let section = 0;
  return piecesOf(text).flatMap(({ kind, line, text, language }): Command[] => {
    if (kind === "heading") section++;
    const at = { file, section };
    if (kind === "block" && language === "sh")
      return text
        .split("\n")
        .map((typed, i) => ({ ...at, ...parted(typed), line: line + 1 + i, isBlock: true }))
        .filter((command) => command.text !== "");
    if (kind === "code" && IS_COMMAND.test(text)) return [{ ...at, line, text, comment: "", isBlock: false }];
    return [];
  });
}

function parted(typed: string): Pick<Command, "text" | "comment"> {
  const comment = COMMENT.exec(` ${typed}`);
  return {
    text: (comment ? ` ${typed}`.slice(0, comment.index) : typed).trim(),
    comment: comment?.[1] ?? "",
  };
}
