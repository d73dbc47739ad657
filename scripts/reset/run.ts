import { createInterface } from "node:readline/promises";
import { answered } from "../lib/cluster";
import { Fault } from "../lib/fault";
import { runOnStack, type Surroundings as OnStack } from "../lib/running";
import type { ExitCode } from "../lib/verb";
import { type Claims, claimsOf } from "./claims";
import { parseOptions } from "./options";

/** What the program was started with. */
export interface Surroundings extends OnStack {
  /** Where an answer is typed. Default: the terminal. */
  input?: NodeJS.ReadableStream & { isTTY?: boolean };
  claimsOf?: typeof claimsOf;
  empty?: (stack: string | undefined, claims: Claims, around: OnStack) => Promise<ExitCode>;
}

/** The whole program; resolves to the exit code. */
export function run(argv: string[], around: Surroundings): Promise<ExitCode> {
  return runOnStack("reset", parseOptions(argv), around, async (found, { yes, stack }) => {
    const claims = await (around.claimsOf ?? claimsOf)(found);
    const volumes = (await answered(claims.list())).map(({ name, size }) => `${name} (${size})`);
    around.out.write(
      `This deletes every trace, metric and log of the stack, and what still waits for Sumo: the volumes ${volumes.join(", ") || "(none)"}.
It keeps the settings, the cluster, and Grafana with its users and dashboards of your own.\n`,
    );
    if (!yes && !(await isWanted(around))) {
      around.out.write("Nothing was deleted.\n");
      return 1;
    }
    return (around.empty ?? empty)(stack, claims, around);
  });
}

/** @throws Fault when nobody can be asked */
async function isWanted({ input = process.stdin, out }: Surroundings): Promise<boolean> {
  if (!input.isTTY) throw new Fault("Nobody can be asked here: `npm run reset -- --yes` does it unasked.");
  const terminal = createInterface({ input, output: out });
  // An answer that the input ends with comes before its end.
  const closed = new Promise<string>((resolve) => terminal.once("close", () => setImmediate(resolve, "")));
  const answer = await Promise.race([terminal.question("Delete it? [y/N] "), closed]);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Pulumi's SDK takes 2 s to load: a stack that is not up is told of before that. */
async function empty(...given: Parameters<NonNullable<Surroundings["empty"]>>): Promise<ExitCode> {
  return (await import("./empty.js")).empty(...given);
}
