import { Misuse, parse, type Parsed, stackName } from "../lib/options";
import { type Part, PART_NAMES, readPart } from "../lib/parts";

/** What one run is asked to bring to this machine. */
export interface Options {
  part: Part;
  /** Port on this machine; undefined: the part's own, or any where that is taken. */
  local?: number;
  /** Port of the part; undefined: the one that people look at. */
  remote?: number;
  /** Name of the stack; undefined: the one selected. */
  stack?: string;
}

const HELP = `Brings a port of a component to this machine until Ctrl-C, also when another pod has taken over. No kubectl is needed.

npm run port-forward -- <component> [[local:]port] [options]
  tempo            ${PART_NAMES}
  14317:4317       port on 127.0.0.1 and the component's; of one alone, the same on both sides where it is free here
                   (default: the port of its HTTP API)
  --stack local    the stack (default: PULUMI_STACK, or the one selected)
  --help           print this

Exit code: 0 done, 1 it cannot be, 2 an option is wrong.`;

const FLAGS = { stack: { type: "string" } } as const;

export function parseOptions(argv: string[]): Parsed<Options> {
  return parse({ name: "port-forward", help: HELP, flags: FLAGS, words: 2 }, argv, ({ stack }, words) => {
    const [name, ports] = words;
    if (name === undefined) throw new Misuse(`Name a component: ${PART_NAMES}`);
    return { part: readPart(name), ...readPorts(ports), stack: stackName(stack) };
  });
}

function readPorts(text: string | undefined): Pick<Options, "local" | "remote"> {
  if (text === undefined) return {};
  const [, local, remote] = /^(?:(\d{1,5}):)?(\d{1,5})$/.exec(text) ?? [];
  const [here, there] = [local, remote].map((port) => (port === undefined ? undefined : Number(port)));
  if (remote === undefined || [here, there].some((port) => port !== undefined && (port < 1 || port > 65_535)))
    throw new Misuse(`Ports cannot be "${text}": it takes 3200 or 13200:3200`);
  return { local: here, remote: there };
}
