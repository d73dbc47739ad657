import type { Stack } from "../../scripts/lib/stack";
import { run, type Surroundings } from "../../scripts/verify/run";
import type { FakeStack } from "./fake-stack";
import { Memory } from "./memory";

export { Memory };

/** What one run of `verify` left. */
export interface VerifyRun {
  code: number;
  out: string;
  err: string;
  /** `out`, without the widths of columns and with `n ms` for each latency. */
  lines: string[];
}

/** For a run that has to miss something: long enough to find the rest, on a machine that is busy, too. */
export const IMPATIENT = ["--timeout", "1s"];
/** How long a run waits that is not told. */
export const UNTOLD_MS = 5_000;

/** Runs `verify` in this process against a fake stack, looking often. */
export async function verifyAgainst(
  fake: FakeStack,
  argv: string[] = [],
  changes: Partial<Stack> = {},
  around: Pick<Surroundings, "startLoad"> = {},
): Promise<VerifyRun> {
  const [out, err] = [new Memory(), new Memory()];
  const code = await run(["--timeout", `${UNTOLD_MS}ms`, ...argv], {
    ...around,
    out,
    err,
    everyMs: 5,
    runningStack: () => Promise.resolve({ ...fake.stack, ...changes }),
    metricsReader: () => (service) => {
      const page = fake.metricsPage(service);
      return page === undefined ? Promise.reject(new Error(`no ${service}`)) : Promise.resolve(page);
    },
  });
  const lines = out.text.split("\n").map((line) => line.replace(/ {2,}/g, " ").replace(/\d+ ms$/, "n ms"));
  return { code, out: out.text, err: err.text, lines };
}
