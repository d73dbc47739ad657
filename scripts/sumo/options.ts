import { Misuse, parse, type Parsed, stackName } from "../lib/options";

const WISHES = ["on", "off", "status"] as const;

/** What one run is asked to do with the second write. */
export interface Options {
  wish: (typeof WISHES)[number];
  /** Name of the stack; undefined: the one selected. */
  stack?: string;
}

const HELP = `Switches the second write on or off, or says how it does. Neither needs a restart, and the local path does not notice.

npm run sumo -- on|off|status [options]
  on               sets sumoEnabled to true, and does what \`npm run up\` does
  off              sets it to false, likewise; what still waits for Sumo stays in Alloy's queue on disk
  status           where it goes, and whether what is sent is taken there
  --stack local    the stack (default: PULUMI_STACK, or the one selected)
  --help           print this

Where it goes: to the setting sumoEndpoint (docs/sumo-dual-write.md); without it, to a stand-in that counts.
Exit code: 0 done, or all is taken, 1 not, 2 an option is wrong, 130 ended by Ctrl-C.`;

export function parseOptions(argv: string[]): Parsed<Options> {
  const flags = { stack: { type: "string" } } as const;
  return parse({ name: "sumo", help: HELP, flags, words: 1 }, argv, ({ stack }, [word]) => {
    const wish = WISHES.find((one) => one === word);
    if (wish === undefined)
      throw new Misuse(`It takes ${WISHES.join(", ")}${word ? `, and not "${word}"` : ""}`);
    return { wish, stack: stackName(stack) };
  });
}
