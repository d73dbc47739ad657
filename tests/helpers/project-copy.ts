import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { temporaryFolder } from "./tools";

const PROJECT = path.resolve(__dirname, "../..");
const NOT_COPIED = [".git", ".watchtower", "node_modules", "tests", "docs"];

/** The project in a folder of its own, whose verbs keep what they keep there. */
export class ProjectCopy {
  private readonly above = fs.realpathSync(temporaryFolder());
  readonly folder = path.join(this.above, `it's a "project"`);

  constructor() {
    const filter = (from: string) => !NOT_COPIED.includes(path.relative(PROJECT, from));
    fs.cpSync(PROJECT, this.folder, { recursive: true, filter });
    fs.symlinkSync(path.join(PROJECT, "node_modules"), path.join(this.folder, "node_modules"));
  }

  /** Puts a program that says its version somewhere in the folder. */
  program(file: string, version: string): void {
    const to = path.join(this.folder, file);
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.writeFileSync(to, `#!/bin/sh\necho v${version}\n`, { mode: 0o755 });
  }

  /** Runs a verb with the programs of the folder's `bin` before this machine's. */
  run(
    verb: string,
    env: NodeJS.ProcessEnv = process.env,
    args: string[] = [],
  ): Promise<{ code: number; out: string; err: string }> {
    const PATH = [path.join(this.folder, "bin"), env.PATH].join(path.delimiter);
    return new Promise((resolve) =>
      execFile(
        path.join(this.folder, "node_modules/.bin/tsx"),
        [`scripts/${verb}.ts`, ...args],
        { cwd: this.folder, env: { ...env, PATH } },
        (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }),
      ),
    );
  }

  remove(): void {
    fs.rmSync(this.above, { recursive: true });
  }
}
