import { parseArgs } from "node:util";
import type { Given } from "./stack-config";

/** What one run is asked to show. */
export interface Options {
  /** The stack whose file is read. */
  stack: string;
  given: Given;
  /** For machines: one JSON document in place of lines. */
  json: boolean;
}

export type Parsed = { options: Options } | { help: string } | { fault: string };

const HELP = `Shows what \`pulumi up\` would make, without Docker, Pulumi's CLI or a cluster.

npm run plan -- [options]
  --stack local        read Pulumi.local.yaml (default), or another stack's file
  --config key=value   a setting laid over the file's; a list or an object as JSON: 'components=["grafana"]'
  --secret key=value   the same, for one that is stored with --secret; it is never printed
  --json               one JSON document in place of text
  --help               print this

Exit code: 0 done, 1 a setting cannot be used, 2 an option is wrong.`;

export function parseOptions(argv: string[]): Parsed {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        stack: { type: "string", default: "local" },
        config: { type: "string", multiple: true, default: [] },
        secret: { type: "string", multiple: true, default: [] },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) return { help: HELP };
    if (!/^[\w.-]+$/.test(values.stack)) return fault(`--stack cannot be "${values.stack}"`);
    if (values.config.some((pair) => !isPair(pair))) return fault("--config takes key=value");
    if (values.secret.some((pair) => !isPair(pair))) return fault("--secret takes key=value");
    const given = { plain: settings(values.config), secret: settings(values.secret) };
    return { options: { stack: values.stack, given, json: values.json } };
  } catch (error) {
    // Node adds advice on dashes from its second sentence on.
    return fault((error as Error).message.split(/\. |\n/)[0] ?? "");
  }
}

function fault(what: string): Parsed {
  return { fault: `${what}; \`npm run plan -- --help\` lists the options.` };
}

function isPair(pair: string): boolean {
  return pair.indexOf("=") > 0;
}

function settings(pairs: string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  );
}
