import { Misuse, parse, type Parsed, stackName } from "../lib/options";
import type { Given } from "../lib/stack-config";
import { FIRST_STACK, stackChosen } from "../lib/stack-name";

/** What one run is asked to show. */
export interface Options {
  /** The stack whose file is read. */
  stack: string;
  given: Given;
  /** For machines: one JSON document in place of lines. */
  json: boolean;
}

const HELP = `Shows what \`pulumi up\` would make, without Docker, Pulumi's CLI or a cluster.

npm run plan -- [options]
  --stack local        read Pulumi.local.yaml (default: the file of PULUMI_STACK's stack, or of local)
  --config key=value   a setting laid over the file's; a list or an object as JSON: 'components=["grafana"]'
  --secret key=value   the same, for one that is stored with --secret; it is never printed
  --json               one JSON document in place of text
  --help               print this

Exit code: 0 done, 1 a setting cannot be used, 2 an option is wrong.`;

const FLAGS = {
  stack: { type: "string" },
  config: { type: "string", multiple: true, default: [] as string[] },
  secret: { type: "string", multiple: true, default: [] as string[] },
  json: { type: "boolean", default: false },
} as const;

export function parseOptions(argv: string[]): Parsed<Options> {
  return parse({ name: "plan", help: HELP, flags: FLAGS }, argv, ({ stack, config, secret, json }) => {
    if (!config.every(isPair)) throw new Misuse("--config takes key=value");
    if (!secret.every(isPair)) throw new Misuse("--secret takes key=value");
    return {
      stack: stackChosen(stackName(stack)) ?? FIRST_STACK,
      given: { plain: settings(config), secret: settings(secret) },
      json,
    };
  });
}

function isPair(pair: string): boolean {
  return pair.indexOf("=") > 0;
}

function settings(pairs: string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  );
}
