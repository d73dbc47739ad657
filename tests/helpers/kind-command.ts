import { ofType, record } from "../../scripts/lib/record";
import type { HostPorts } from "../../settings";
import { freePorts } from "./ports";

/** How the program makes its cluster: the commands it gives, with their environment. */
export interface KindCommand {
  create: string;
  update: string;
  delete: string;
  environment: Record<string, string>;
  /** The ports it asks for, which nobody else has. */
  ports: Record<keyof HostPorts, string>;
}

export async function kindCommand(): Promise<KindCommand> {
  const [grafanaPort, otlpGrpcPort, otlpHttpPort] = await freePorts(3);
  const ports = { grafanaPort: grafanaPort!, otlpGrpcPort: otlpGrpcPort!, otlpHttpPort: otlpHttpPort! };
  const [command] = ofType(await record(ports), "command:local:Command");
  return { ...(command!.inputs as unknown as Omit<KindCommand, "ports">), ports };
}
