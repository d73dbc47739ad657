import * as fs from "node:fs";
import * as path from "node:path";
import { ownEnvironment } from "./own-environment";
import { program, temporaryFolder } from "./tools";

/** A PATH of each test's own, on which nothing is but what a shell script needs and what the test puts there. */
export class OwnPath {
  private folder = "";

  constructor() {
    ownEnvironment();
    beforeEach(() => {
      this.folder = temporaryFolder();
      for (const name of ["sh", "node", "cat"]) fs.symlinkSync(program(name).path!, this.fileOf(name));
      process.env.PATH = this.folder;
    });
    afterEach(() => fs.rmSync(this.folder, { recursive: true }));
  }

  /** Puts a program in place that says this, whatever it is asked. */
  install(name: string, says: string): void {
    this.write(name, `cat <<'END'\n${says}\nEND`);
  }

  /** Puts a shell script in place. */
  write(name: string, script: string): void {
    fs.writeFileSync(this.fileOf(name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  remove(name: string): void {
    fs.rmSync(this.fileOf(name));
  }

  private fileOf(name: string): string {
    return path.join(this.folder, name);
  }
}
