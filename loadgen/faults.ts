/** A way payment-service fails. */
export interface Fault {
  weight: number;
  type: string;
  message: string;
  /** What payment-service answers. */
  status: 500 | 503 | 504;
  /** What the payment provider answered it by gRPC. */
  providerStatus: "OK" | "UNAVAILABLE" | "DEADLINE_EXCEEDED";
  /** How long it waited in vain. */
  waitedMs: number;
}

/** What goes wrong on any day. */
export const FAULTS: readonly Fault[] = [
  {
    weight: 5,
    type: "ProviderUnavailableError",
    message: "payment provider is unavailable",
    status: 503,
    providerStatus: "UNAVAILABLE",
    waitedMs: 0,
  },
  {
    weight: 3,
    type: "ProviderTimeoutError",
    message: "payment provider did not answer within 2000 ms",
    status: 504,
    providerStatus: "DEADLINE_EXCEEDED",
    waitedMs: 2000,
  },
  {
    weight: 2,
    type: "LedgerConflictError",
    message: "ledger entry was changed by another transaction",
    status: 500,
    providerStatus: "OK",
    waitedMs: 0,
  },
];

/** What goes wrong while the payment provider is down. */
export const OUTAGE_FAULTS: readonly Fault[] = FAULTS.filter(({ providerStatus }) => providerStatus !== "OK");
