import * as fs from "node:fs";
import * as path from "node:path";
import { PROJECT } from "../lib/home";
import { type ExitCode, runVerb, type Surroundings as Streams } from "../lib/verb";
import { parseOptions } from "./options";
import { type Pin, pins, type Read, readPage } from "./published";

/** What the program was started with. */
export interface Surroundings extends Streams {
  read?: Read;
  /** The file that has the versions. Default: versions.ts. */
  file?: string;
}

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  const { out, read = readPage, file = path.join(PROJECT, "versions.ts") } = around;
  return runVerb("pins", parseOptions(argv), around, async ({ check }) => {
    const stale = (await pins(read)).filter(({ pinned, published }) => pinned !== published);
    for (const { what, pinned, published } of stale) out.write(`${what}: ${pinned} -> ${published}\n`);
    if (stale.length === 0) out.write("versions.ts says what is published.\n");
    else if (check) return 1;
    else fs.writeFileSync(file, withPublished(fs.readFileSync(file, "utf8"), stale));
    return 0;
  });
}

function withPublished(text: string, stale: Pin[]): string {
  return stale.reduce((changed, { at, published }) => changed.replace(at, `$1${published}`), text);
}
