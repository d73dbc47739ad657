import { setTimeout as sleep } from "node:timers/promises";
import { isUnimplemented, reasonOf, type GrpcError } from "./grpc-error";
import type { Signal } from "./options";

const ANSWER_WITHIN_MS = 4_000;
const SILENT: GrpcError = new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} s`);

export interface Probe {
  signal: Signal;
  probe(): Promise<GrpcError | undefined>;
}

/** Asks the receiver, before any load, whether it takes each signal; says what is wrong if it does not. */
export async function faultOfEndpoint(endpoint: string, probes: Probe[]): Promise<string | undefined> {
  const answers = await Promise.all(
    probes.map(async (pipe) => {
      const silence = sleep(ANSWER_WITHIN_MS, SILENT, { ref: false });
      return { signal: pipe.signal, error: await Promise.race([pipe.probe(), silence]) };
    }),
  );
  const refusals = answers.filter(({ error }) => error !== undefined);
  const [first] = refusals;
  if (!first?.error) return undefined;

  const reason = reasonOf(first.error);
  const refused = refusals.map(({ signal }) => signal).join(", ");
  if (isUnimplemented(first.error) && refusals.length < probes.length) {
    const others = answers.filter(({ error }) => !error).map(({ signal }) => signal);
    return `${endpoint} does not take ${refused} (${reason}). Send the rest with --signals ${others.join(",")}.`;
  }
  return [
    `No OTLP gRPC receiver for ${refused} answers at ${endpoint} (${reason}).`,
    "Is the stack up? `pulumi up` starts it; another address is given with --endpoint host:port.",
  ].join(" ");
}
