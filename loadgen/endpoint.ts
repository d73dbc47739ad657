import { setTimeout as sleep } from "node:timers/promises";
import type { Options, Protocol, Signal } from "./options";
import type { Refusal } from "./transport";

const ANSWER_WITHIN_MS = 2_000;
const SILENT: Refusal = { kind: "no receiver", reason: `no answer within ${ANSWER_WITHIN_MS / 1000} s` };
const NAME: Record<Protocol, string> = { grpc: "gRPC", http: "HTTP" };
const HINT: Record<Protocol, string> = {
  grpc: "another address is given with --endpoint host:port, an HTTP one with --protocol http",
  http: "another address is given with --endpoint http://host:port (Loki and Mimir want /otlp behind it)",
};

/** What can be asked whether it reaches a receiver. */
export interface Probe {
  signal: Signal;
  probe(): Promise<Refusal | undefined>;
}

/** Asks the receiver, before any load, whether it takes each signal; says in one line what is wrong if not. */
export async function faultOfEndpoint(
  { endpoint, protocol, headers }: Pick<Options, "endpoint" | "protocol" | "headers">,
  probes: Probe[],
): Promise<string | undefined> {
  const answers = await Promise.all(
    probes.map(async (pipe) => {
      const silence = sleep(ANSWER_WITHIN_MS, SILENT, { ref: false });
      return { signal: pipe.signal, refusal: await Promise.race([pipe.probe(), silence]) };
    }),
  );
  const taken = answers.filter(({ refusal }) => !refusal).map(({ signal }) => signal);
  const refused = answers.filter(({ refusal }) => refusal).map(({ signal }) => signal);
  const refusal = answers.find((answer) => answer.refusal)?.refusal;
  if (!refusal) return undefined;

  const { kind, reason } = refusal;
  const signals = refused.join(", ");
  if (kind === "not allowed") {
    const mend =
      Object.keys(headers).length > 0 ? "are the --headers right?" : "give what it asks for with --headers.";
    return `${endpoint} does not let us send ${signals} (${reason}): ${mend}`;
  }
  if (kind === "unknown signal" && taken.length > 0) {
    return `${endpoint} does not take ${signals} (${reason}): send the rest with --signals ${taken.join(",")}.`;
  }
  return (
    `No OTLP ${NAME[protocol]} receiver for ${signals} answers at ${endpoint} (${reason}): ` +
    `\`pulumi up\` starts the stack; ${HINT[protocol]}.`
  );
}
