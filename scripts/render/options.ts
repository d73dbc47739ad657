import { parse, type Parsed, stackName } from "../lib/options";
import { FIRST_STACK, stackChosen } from "../lib/stack-name";

/** What one run is asked to render. */
export interface Options {
  /** Whose settings hold. */
  stack: string;
}

const HELP = `Writes every chart exactly as \`npm run up\` would install it to rendered/<release>/: manifest.yaml is what \`helm get
manifest <release>\` shows of it once it is, values.yaml what we give the chart. It needs no cluster; a missing helm is fetched.

npm run render -- [options]
  --stack local    read Pulumi.local.yaml (default: the file of PULUMI_STACK's stack, or of local)
  --help           print this

Exit code: 0 done, 1 it cannot be done, 2 an option is wrong.`;

export function parseOptions(argv: string[]): Parsed<Options> {
  const flags = { stack: { type: "string" } } as const;
  return parse({ name: "render", help: HELP, flags }, argv, ({ stack }) => ({
    stack: stackChosen(stackName(stack)) ?? FIRST_STACK,
  }));
}
