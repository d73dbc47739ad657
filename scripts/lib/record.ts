import * as pulumi from "@pulumi/pulumi";
import program from "../../index";
import { useConfig } from "./stack-config";
import { FIRST_STACK, PROJECT_NAME } from "./stack-name";

/** One resource as the engine would have been asked for it. */
export interface Recorded {
  /** Pulumi's type token. */
  type: string;
  name: string;
  urn: string;
  /** URN of the component it belongs to; empty at the top. */
  parent: string;
  /** Inputs without undefined keys; a secret is `{ secret: value }`. */
  inputs: Record<string, unknown>;
  /** What a component registered when it was complete; a secret is `{ secret: value }`. */
  outputs?: Record<string, unknown>;
  /** Outputs that the state keeps encrypted, whatever the provider says. */
  secretOutputs: string[];
  /** Name of the provider it is made with; undefined: the one of the command line's surroundings. */
  provider?: string;
  /** Names of what must be there first. */
  dependsOn: string[];
  /** Name of the resource whose end is its own; undefined: it is deleted singly. */
  deletedWith?: string;
  /** Inputs whose changes are not acted upon. */
  ignoreChanges: string[];
  /** Whether a replacement is made only when the old one is gone. */
  deleteBeforeReplace: boolean;
}

/** What a run of the whole program asked for. */
export interface Recording {
  resources: Recorded[];
  /** Outputs of the stack; a secret is `{ secret: value }`. */
  outputs: Record<string, unknown>;
  /** What the program warned of. */
  warnings: string[];
}

/** Stand-ins for what only a run can know. */
const MADE_UP: Record<string, Record<string, unknown>> = {
  "command:local:Command": { stdout: "kubeconfig of a cluster that is not there" },
  "random:index/randomPassword:RandomPassword": { result: "a-password-drawn-at-random" },
  "random:index/randomId:RandomId": { hex: "0123456789abcdef" },
};

/** The SDK notes a stack trace with each promise, and mapped to TypeScript at full length they take most of a run. */
const STACK_FRAMES = 1;

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the program against mocks: no CLI, no engine, no cluster. Runs are one after the other, whoever asks for them,
 * since the SDK keeps its state in the process.
 * @param config the stack's configuration, without the project's prefix, as `pulumi config set` stores it
 * @param secretKeys the keys of it that are stored with `--secret`
 * @throws pulumi.RunError as the program does, on settings it cannot use
 */
export function record(config: Record<string, string> = {}, secretKeys: string[] = []): Promise<Recording> {
  const run = last.catch(() => undefined).then(() => recordNow(config, secretKeys));
  last = run;
  return run;
}

async function recordNow(config: Record<string, string>, secretKeys: string[]): Promise<Recording> {
  const resources: Recorded[] = [];
  await pulumi.runtime.setMocks(
    {
      call: () => ({}),
      newResource: ({ type, name, inputs }) => ({
        id: name,
        state: encrypted(
          { ...(inputs as Record<string, unknown>), ...MADE_UP[type] },
          resources.at(-1)!.secretOutputs, // asked for right before, in `watch`
        ),
      }),
    },
    PROJECT_NAME,
    FIRST_STACK,
  );
  watch(resources);
  useConfig(config, secretKeys);
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = STACK_FRAMES;
  try {
    const { result, warnings } = listening(() => program());
    const outputs = await settled(result);
    await internals.waitForRPCs();
    return { resources, outputs, warnings };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Resources of one Pulumi type. */
export function ofType(recording: Recording, type: string): Recorded[] {
  return recording.resources.filter((r) => r.type === type);
}

// What the SDK offers at run time but keeps out of its declarations.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const internals = require("@pulumi/pulumi/runtime/settings") as {
  getMonitor(): Monitor;
  waitForRPCs(): Promise<void>;
};
interface Monitor {
  registerResource(request: RegisterRequest, callback: RegisterCallback): unknown;
  registerResourceOutputs(
    request: { getUrn(): string; getOutputs(): Struct | undefined },
    callback: unknown,
  ): unknown;
}
type RegisterCallback = (error: unknown, response?: { getUrn(): string }) => unknown;
type Struct = { toJavaScript(): Record<string, unknown> };
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProvider(): string;
  getDeletedwith(): string;
  getDeletebeforereplace(): boolean;
  getIgnorechangesList(): string[];
  getDependenciesList(): string[];
  getAdditionalsecretoutputsList(): string[];
  getObject(): Struct;
}
/** How a secret travels to the engine: an object with this key. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";

/** Mocks are told little more than the inputs: listen to the requests themselves. */
function watch(resources: Recorded[]): void {
  const monitor = internals.getMonitor();
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const recorded: Recorded = {
      type: request.getType(),
      name: request.getName(),
      urn: "",
      parent: request.getParent(),
      inputs: readable(request.getObject().toJavaScript()) as Record<string, unknown>,
      secretOutputs: request.getAdditionalsecretoutputsList(),
      provider: nameIn(request.getProvider().replace(/::[^:]*$/, "")), // behind its URN stands its id
      dependsOn: request.getDependenciesList().map((urn) => nameIn(urn)!),
      deletedWith: nameIn(request.getDeletedwith()),
      ignoreChanges: request.getIgnorechangesList(),
      deleteBeforeReplace: request.getDeletebeforereplace(),
    };
    resources.push(recorded);
    return register(request, (error, response) => {
      recorded.urn = response?.getUrn() ?? "";
      return callback(error, response);
    });
  };
  const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResourceOutputs = (request, callback) => {
    const component = resources.find((r) => r.urn === request.getUrn());
    const outputs = request.getOutputs()?.toJavaScript();
    if (component && outputs) component.outputs = readable(outputs) as Record<string, unknown>;
    return registerOutputs(request, callback);
  };
}

/** The resource's name in its URN. */
function nameIn(urn: string): string | undefined {
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

/** A resource's state with the outputs marked that the engine would mark. */
function encrypted(state: Record<string, unknown>, secretOutputs: string[]): Record<string, unknown> {
  const marked = { ...state };
  for (const key of secretOutputs) if (key in state) marked[key] = pulumi.secret(state[key]);
  return marked;
}

/** Without an engine the SDK prints what the program logs: keep it instead. */
function listening<T>(run: () => T): { result: T; warnings: string[] } {
  const warnings: string[] = [];
  const { warn } = pulumi.log;
  Object.assign(pulumi.log, { warn: (message: string) => void warnings.push(message) });
  try {
    return { result: run(), warnings };
  } finally {
    Object.assign(pulumi.log, { warn });
  }
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
