import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { isRecord } from "../../settings/raw";
import { enter, PROJECT } from "../lib/home";
import { RELEASES } from "../lib/parts";
import { record } from "../lib/record";
import { type ReleaseInputs, releases } from "../lib/recorded";
import { readStackConfig } from "../lib/stack-config";
import { ensureTool } from "../lib/tools/tool";
import { type ExitCode, runVerb, type Surroundings as Streams } from "../lib/verb";
import { type Template, template } from "./helm";
import { parseOptions } from "./options";

/** What the program was started with. */
export interface Surroundings extends Streams {
  /** Where the project's and the stacks' files are, and `rendered/` is to be. Default: this project. */
  folder?: string;
  template?: Template;
}

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  const { folder = PROJECT, out } = around;
  const tell = (text: string) => void out.write(`${text}\n`);
  return runVerb("render", parseOptions(argv), around, async ({ stack }) => {
    const { config, secretKeys, notes } = readStackConfig(folder, stack, { plain: {}, secret: {} });
    for (const note of notes) tell(`Mind: ${note}`);
    const asked = Object.values(releases(await record(config, secretKeys)));
    if (around.template === undefined) {
      await ensureTool("helm", tell);
      enter();
    }
    const rendered = await Promise.all(
      asked.map((release) => renderOne(release, around.template ?? template)),
    );
    write(path.join(folder, "rendered"), rendered);
    for (const { name, manifest } of rendered)
      tell(`rendered/${name}/manifest.yaml  ${manifest.match(/^kind:/gm)?.length ?? 0} objects`);
    return 0;
  });
}

/** A release, as its two files. */
interface Rendered {
  name: string;
  manifest: string;
  values: string;
}

async function renderOne(release: ReleaseInputs, template: Template): Promise<Rendered> {
  const values = withoutSecrets(release.values) as ReleaseInputs["values"];
  return {
    name: release.name,
    manifest: `${(await template({ ...release, values })).trim()}\n\n`, // as `helm get manifest` ends it
    values: stringify(values, { lineWidth: 0 }),
  };
}

/** None of our charts is given a secret; one that a later version gives must not end up in a file. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isRecord(value)) return value;
  if (Object.keys(value).join() === "secret") return "<secret>";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}

/** In place of what an earlier run has written; whatever else somebody keeps there stays. */
function write(folder: string, rendered: Rendered[]): void {
  for (const name of RELEASES) fs.rmSync(path.join(folder, name), { recursive: true, force: true });
  for (const { name, manifest, values } of rendered) {
    fs.mkdirSync(path.join(folder, name), { recursive: true });
    fs.writeFileSync(path.join(folder, name, "manifest.yaml"), manifest);
    fs.writeFileSync(path.join(folder, name, "values.yaml"), values);
  }
}
