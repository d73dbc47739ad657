import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { CHARTS, type Component } from "../../versions";

/*
 * The real things that contract tests run against: programs on PATH, and unpacked charts in the folder that
 * WATCHTOWER_CHARTS names. Both are looked for in the lab, too (`bin/` and `charts/` of WATCHTOWER_LAB, or of
 * ~/.cache/watchtower-lab), so that `npm test` proves more on a machine that has one without being told.
 * A WATCHTOWER_LAB that is no folder leaves the lab out.
 */
const LAB = process.env.WATCHTOWER_LAB || path.join(os.homedir(), ".cache/watchtower-lab");

/** Something real that a test needs. */
export interface Tool {
  /** What to call it when it is missing. */
  name: string;
  /** Where it is; undefined: it is not on this machine. */
  path?: string;
}

export function program(name: string): Tool {
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), path.join(LAB, "bin")];
  return { name, path: folders.map((folder) => path.join(folder, name)).find(isExecutable) };
}

/** The unpacked folder of a part's chart. */
export function chartFolder(component: Component): Tool {
  const { chart } = CHARTS[component];
  const folders = [process.env.WATCHTOWER_CHARTS, path.join(LAB, "charts")].filter(
    (one) => one !== undefined,
  );
  return {
    name: `chart ${chart}`,
    path: folders
      .map((folder) => path.join(folder, chart))
      .find((folder) => fs.existsSync(path.join(folder, "Chart.yaml"))),
  };
}

/** `describe` for what only real things can show; where one is missing, a skip that says which. */
export function describeWith(tools: Tool[], name: string, body: () => void): void {
  const missing = tools.filter((tool) => tool.path === undefined);
  if (missing.length === 0) return describe(name, body);
  const why = `skipped: not on this machine: ${missing.map((tool) => tool.name).join(", ")}`;
  process.stderr.write(`${name}: ${why}\n`);
  describe.skip(`${name} (${why})`, body);
}

/** How a program ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program that was found, to its end. */
export function run(
  tool: Tool,
  args: string[],
  options: { input?: string; env?: NodeJS.ProcessEnv } = {},
): Ended {
  const { status, stdout, stderr, error } = spawnSync(tool.path!, args, {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  if (error) throw error;
  return { code: status, stdout, stderr };
}

/** A folder of its own for what a test writes. */
export function temporaryFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), "watchtower-test-"));
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
