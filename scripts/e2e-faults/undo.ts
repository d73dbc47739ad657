import * as fs from "node:fs";
import * as path from "node:path";
import { HOME } from "../lib/home";
import type { Part } from "./kube";

/** Something that a case has changed, with what puts it back. */
export type Change =
  /** The stack's settings; no text: there was no file. */
  | { what: "settings"; file: string; text?: string }
  /** Alloy's configuration. */
  | { what: "config"; text: string }
  /** No pod may start. */
  | { what: "no-starts" }
  /** The node is stopped, or paused. */
  | { what: "node" }
  /** A part's volume is a small one, mounted over its own. */
  | { what: "volume"; part: Part; folder: string };

/** Puts a change back. */
export type PutBack = (change: Change) => Promise<void>;

/**
 * What is changed at the moment, kept in a file: whoever kills us leaves a broken stack behind, and the next run has to know
 * how to mend it.
 */
export class Undo {
  constructor(private readonly file = path.join(HOME, "faults-undo.json")) {}

  /** What an earlier run has left changed. */
  get changes(): Change[] {
    return fs.existsSync(this.file) ? (JSON.parse(fs.readFileSync(this.file, "utf8")) as Change[]) : [];
  }

  /** Notes a change before it is made. */
  note(change: Change): void {
    this.write([...this.changes, change]);
  }

  /** Puts back what was changed, the last first; all of it, or what `which` picks. */
  async putBack(by: PutBack, which: (change: Change) => boolean = () => true): Promise<void> {
    for (const change of this.changes.filter(which).reverse()) {
      await by(change);
      const key = JSON.stringify(change);
      this.write(this.changes.filter((one) => JSON.stringify(one) !== key));
    }
  }

  private write(changes: Change[]): void {
    fs.mkdirSync(path.dirname(this.file), { recursive: true });
    if (changes.length === 0) fs.rmSync(this.file, { force: true });
    else fs.writeFileSync(this.file, JSON.stringify(changes), { mode: 0o600 });
  }
}
