import * as pulumi from "@pulumi/pulumi";
import program from "../../index";

/** One resource as the engine would have been asked for it. */
export interface Recorded {
  /** Pulumi's type token. */
  type: string;
  name: string;
  /** Name of the component it belongs to; empty at the top. */
  parent: string;
  /** Inputs without undefined keys; a secret is `{ secret: value }`. */
  inputs: Record<string, unknown>;
  /** Name of the resource whose end is its own; undefined: it is deleted singly. */
  deletedWith?: string;
}

/** What a run of the whole program asked for. */
export interface Recording {
  resources: Recorded[];
  /** Outputs of the stack; a secret is `{ secret: value }`. */
  outputs: Record<string, unknown>;
}

/** Stand-ins for what only a run can know. */
const MADE_UP: Record<string, Record<string, unknown>> = {
  "command:local:Command": { stdout: "kubeconfig of a cluster that is not there" },
  "random:index/randomPassword:RandomPassword": { result: "a-password-drawn-at-random" },
  "random:index/randomId:RandomId": { hex: "0123456789abcdef" },
};

/**
 * Runs the program against mocks: no CLI, no engine, no cluster.
 * @param config the stack's configuration, without the project's prefix, as `pulumi config set` stores it
 * @param secretKeys the keys of it that are stored with `--secret`
 * @throws pulumi.RunError as the program does, on settings it cannot use
 */
export async function record(
  config: Record<string, string> = {},
  secretKeys: string[] = [],
): Promise<Recording> {
  const resources: Recorded[] = [];
  await pulumi.runtime.setMocks(
    {
      call: () => ({}),
      newResource: ({ type, name, inputs }) => ({
        id: name,
        state: { ...bare(inputs as Record<string, unknown>), ...MADE_UP[type] },
      }),
    },
    "watchtower",
    "local",
  );
  watch(resources);
  const prefixed = Object.entries(config).map(([key, value]) => [`watchtower:${key}`, value]);
  pulumi.runtime.setAllConfig(
    Object.fromEntries(prefixed) as Record<string, string>,
    secretKeys.map((key) => `watchtower:${key}`),
  );
  const outputs = await settled(program());
  await internals.waitForRPCs();
  return { resources, outputs };
}

/** Resources that are not components, by their Pulumi type. */
export function ofType(recording: Recording, type: string): Recorded[] {
  return recording.resources.filter((r) => r.type === type);
}

// What the SDK offers at run time but keeps out of its declarations.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const internals = require("@pulumi/pulumi/runtime/settings") as {
  getMonitor(): { registerResource(request: RegisterRequest, callback: unknown): unknown };
  waitForRPCs(): Promise<void>;
};
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDeletedwith(): string;
  getObject(): { toJavaScript(): Record<string, unknown> };
}
/** How a secret travels to the engine: an object with this key. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";

/** Mocks are told neither parent nor deletedWith: listen to the requests themselves. */
function watch(resources: Recorded[]): void {
  const monitor = internals.getMonitor();
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    resources.push({
      type: request.getType(),
      name: request.getName(),
      parent: lastPart(request.getParent()) ?? "",
      inputs: readable(request.getObject().toJavaScript()) as Record<string, unknown>,
      deletedWith: lastPart(request.getDeletedwith()),
    });
    return register(request, callback);
  };
}

/** The resource's name in its URN. */
function lastPart(urn: string): string | undefined {
  return urn.split("::").pop() || undefined;
}

/** Secrets as `{ secret: value }`. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  const record = value as Record<string, unknown>;
  if (SECRET_MARK in record) return { secret: readable(record.value) };
  return Object.fromEntries(Object.entries(record).map(([key, inner]) => [key, readable(inner)]));
}

/** Inputs as a provider hands them back: without the marks of secrets. */
function bare(inputs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key,
      typeof value === "object" && value !== null && SECRET_MARK in value
        ? (value as { value?: unknown }).value
        : value,
    ]),
  );
}

async function settled(outputs: Record<string, unknown>): Promise<Record<string, unknown>> {
  const entries = await Promise.all(
    Object.entries(outputs).map(async ([key, value]): Promise<[string, unknown]> => {
      if (!pulumi.Output.isInstance(value)) return [key, value];
      const known = await new Promise((resolve) => value.apply(resolve));
      return [key, (await pulumi.isSecret(value)) ? { secret: known } : known];
    }),
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
