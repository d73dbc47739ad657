import { FAULTS, OUTAGE_FAULTS, type Fault } from "./faults";

/** How things stand while a request is made. */
export interface Conditions {
  /** Share of requests that fail, 0 to 1. */
  errorShare: number;
  /** What they fail of. */
  faults: readonly Fault[];
  /** How many times slower than usual the payment provider is. */
  paymentSlowdown: number;
}

/** A course that a run can take. */
interface Scenario {
  help: string;
  /** How many times the asked rate, during the event. */
  rateFactor: number;
  /** What else is different then. */
  conditions: (usual: Conditions) => Conditions;
}

/** Some calls still get through, as they do. */
const OUTAGE_ERROR_SHARE = 0.9;

/** Every scenario is the usual load with one event: the middle third of the run, or of every three minutes. */
export const SCENARIOS = {
  steady: { help: "the same all the time", rateFactor: 1, conditions: (usual) => usual },
  spike: { help: "five times the rate", rateFactor: 5, conditions: (usual) => usual },
  outage: {
    help: "the payment provider is down: 90% of requests fail",
    rateFactor: 1,
    conditions: (usual) => ({
      ...usual,
      errorShare: Math.max(usual.errorShare, OUTAGE_ERROR_SHARE),
      faults: OUTAGE_FAULTS,
    }),
  },
  "slow-payments": {
    help: "the payment provider takes ten times as long",
    rateFactor: 1,
    conditions: (usual) => ({ ...usual, paymentSlowdown: 10 }),
  },
} satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

/** The conditions outside and during a scenario's event. */
export function conditionsOf(
  name: ScenarioName,
  errorShare: number,
): { usual: Conditions; event: Conditions } {
  const usual: Conditions = { errorShare, faults: FAULTS, paymentSlowdown: 1 };
  return { usual, event: SCENARIOS[name].conditions(usual) };
}
