import type { Case } from "../../scripts/e2e-faults/case";
import { CASES } from "../../scripts/e2e-faults/cases";
import { faultsOf } from "../../scripts/e2e-faults/judge";
import { runCase } from "../../scripts/e2e-faults/run-case";
import { FakeRig, SOON } from "./fake-faults";

export function named(name: string): Case {
  return CASES.find((one) => one.name === name)!;
}

/** Cases of the harness on a stack that is not there, a new one for each test. */
export class CaseRuns {
  fake!: FakeRig;

  constructor() {
    beforeEach(async () => (this.fake = await FakeRig.start()));
    afterEach(async () => {
      this.fake.ended.abort();
      await this.fake.stop();
    });
  }

  /** Runs a case to its end, and judges it. */
  async run(name: string) {
    const outcome = await runCase(named(name), this.fake.rig, SOON);
    return { outcome, faults: faultsOf(named(name), outcome) };
  }
}
