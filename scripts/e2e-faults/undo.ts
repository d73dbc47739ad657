import * as fs from "node:fs";
import * as path from "node:path";
import { UNDO_FILE } from "../lib/home";
import type { Part } from "./kube";
import type { SetSecondWrite } from "./second-write";

/** Something that a case has changed, with what puts it back. */
export type Change =
  /** The second write leads to us. */
  | ({ what: "settings" } & SetSecondWrite)
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
  constructor(private readonly file = UNDO_FILE) {}

  /** What an earlier run has left changed. */
  get changes(): Change[] {
    return fs.existsSync(this.file) ? (JSON.parse(fs.readFileSync(this.file, "utf8")) as Change[]) : [];
  }

  /** Notes a change before it is made; of the settings, what is known of their change takes the place of what was. */
  note(change: Change): void {
    const { changes } = this;
    const isKnown = ({ what }: Change) => what === "settings" && change.what === what;
    this.write(
      changes.some(isKnown) ? changes.map((one) => (isKnown(one) ? change : one)) : [...changes, change],
    );
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
    else {
      const whole = `${this.file}.new`; // half a file could not be read
      fs.writeFileSync(whole, JSON.stringify(changes), { mode: 0o600 });
      fs.renameSync(whole, this.file);
    }
  }
}
