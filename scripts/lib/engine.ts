import {
  type DestroyOptions,
  LocalWorkspace,
  type OutputMap,
  Stack,
  StackNotFoundError,
  type UpdateResult,
  type UpOptions,
} from "@pulumi/pulumi/automation";
import { PROJECT } from "./home";
import { type Holder, holdersOf, waitedFor, whenFree } from "./lock";
import { faultOf } from "./pulumi-fault";
import { FIRST_STACK, stackChosen } from "./stack-name";

/** What the engine keeps of the stack, as far as we ask. */
export interface Kept {
  /** How many resources there are, the stack itself left out. */
  resources: number;
  /** What scripts/kind-cluster.sh was given for the cluster; undefined: none was ever begun. */
  cluster?: Record<string, string>;
  /** URN of the cluster; undefined: its making did not come to its end. */
  clusterUrn?: string;
  /** Names of the Helm releases that were made to their end. */
  releases: ReadonlySet<string>;
  /** Whether the last run did not come to its end: then it may not be known what there is. */
  interrupted: boolean;
}

/** What the state says of a resource. */
interface Resource {
  urn: string;
  type: string;
  inputs?: { environment?: Record<string, string>; name?: string };
}
/** The deployment that a stack is exported as. */
export interface State {
  resources?: Resource[];
  pending_operations?: { resource: Resource; type: string }[];
}

const isRelease = ({ type }: Resource) => type === "kubernetes:helm.sh/v3:Release";

/**
 * What of a stack's state we go by.
 * @param result how the last run ended, which a killed one leaves no word of; undefined: there was none
 */
export function keptIn(
  { resources = [], pending_operations: pending = [] }: State,
  result?: UpdateResult,
): Kept {
  const isCluster = ({ type }: Resource) => type === "command:local:Command";
  const made = resources.find(isCluster);
  const begun = made ?? pending.map(({ resource }) => resource).find(isCluster);
  return {
    resources: resources.filter(({ type }) => type !== "pulumi:pulumi:Stack").length,
    cluster: begun?.inputs?.environment,
    clusterUrn: made?.urn,
    releases: new Set(resources.filter(isRelease).map(({ inputs }) => inputs?.name ?? "")),
    interrupted: pending.length > 0 || (result !== undefined && result !== "succeeded"),
  };
}

async function nameIn(workspace: LocalWorkspace, name: string | undefined): Promise<string> {
  return stackChosen(name) ?? (await workspace.stack())?.name ?? FIRST_STACK;
}

/** Releases whose pods write telemetry to volumes. */
const KEEPERS = ["tempo", "loki", "mimir", "alloy"];

/** URNs of what keeps telemetry: those releases, and the claims that no chart makes. */
export function keepersIn({ resources = [] }: State): string[] {
  const isClaim = ({ type }: Resource) => type === "kubernetes:core/v1:PersistentVolumeClaim";
  const isKeeper = (resource: Resource) =>
    isClaim(resource) || (isRelease(resource) && KEEPERS.includes(resource.inputs?.name ?? ""));
  return resources.filter(isKeeper).map(({ urn }) => urn);
}

/** Pulumi's engine, on one stack. */
export class Engine {
  private constructor(
    private readonly stack: Stack,
    private readonly tell: (text: string) => void,
  ) {}

  /**
   * Opens a stack: the one named, that of PULUMI_STACK, the one selected, or `local`.
   * @returns undefined when there is no such stack, and none is to be made
   * @throws Fault when Pulumi does not let us
   */
  static async open(
    name: string | undefined,
    how: { make: boolean; tell: (text: string) => void },
  ): Promise<Engine | undefined> {
    try {
      const workspace = await LocalWorkspace.create({ workDir: PROJECT });
      const stackName = await nameIn(workspace, name);
      const stack = how.make
        ? await Stack.createOrSelect(stackName, workspace)
        : await Stack.select(stackName, workspace);
      return new Engine(stack, how.tell);
    } catch (error) {
      if (error instanceof StackNotFoundError && !how.make) return undefined;
      throw faultOf((error as Error).message);
    }
  }

  /** The stack that a verb works on, be it there or not. */
  static async nameOf(name: string | undefined): Promise<string> {
    try {
      return await nameIn(await LocalWorkspace.create({ workDir: PROJECT }), name);
    } catch (error) {
      throw faultOf((error as Error).message);
    }
  }

  /**
   * Has the backend forget a stack, whatever it knows of it, without its passphrase; its settings stay.
   * @throws Fault when the backend does not let us
   */
  static async forget(name: string): Promise<void> {
    try {
      const workspace = await LocalWorkspace.create({ workDir: PROJECT });
      await workspace.removeStack(name, { force: true, preserveConfig: true });
    } catch (error) {
      if (!(error instanceof StackNotFoundError)) throw faultOf((error as Error).message);
    }
  }

  get name(): string {
    return this.stack.name;
  }

  /** What the stack runs, from now on; undefined: everything. */
  async setComponents(components: string[] | undefined): Promise<void> {
    await this.stack.removeConfig("components");
    const set = (components ?? []).map((value, i) => [`components[${i}]`, { value }] as const);
    if (set.length > 0) await this.stack.setAllConfig(Object.fromEntries(set), true);
  }

  /** Gives a setting a value, which the next `up` goes by. */
  async set(key: string, value: string, how: { secret: boolean }): Promise<void> {
    await this.stack.setConfig(key, { value, secret: how.secret });
  }

  /** @throws Fault when Pulumi cannot be asked */
  async kept(): Promise<Kept> {
    const [state, result] = await Promise.all([this.state(), this.lastResult()]);
    return keptIn(state, result);
  }

  /** The same, once no other run is at work on it, whose doings would look like those of a killed one. */
  async keptWhenFree(): Promise<Kept> {
    const kept = await this.kept();
    if (!kept.interrupted) return kept;
    const waited = await waitedFor((await this.holders()) ?? [], { tell: this.tell });
    return waited ? this.keptWhenFree() : kept;
  }

  /** URNs of what keeps telemetry. */
  async keepers(): Promise<string[]> {
    return keepersIn(await this.state());
  }

  /** Brings the stack to what the program and the settings say. */
  async up(options: UpOptions): Promise<{ changes: Record<string, number>; outputs: OutputMap }> {
    const { summary, outputs } = await this.whenFree(() => this.stack.up({ color: "never", ...options }));
    return { changes: summary.resourceChanges ?? {}, outputs };
  }

  /** Takes away everything, or what `options` name. */
  async destroy(options: DestroyOptions): Promise<void> {
    await this.whenFree(() => this.stack.destroy({ color: "never", ...options }));
  }

  /** Who holds the stack; undefined: its backend does not let us look. */
  async holders(): Promise<Holder[] | undefined> {
    const { url } = await this.stack.workspace.whoAmI();
    return holdersOf(url ?? "", this.name);
  }

  /** Takes away the stack's locks, whoever holds them. */
  async unlock(): Promise<void> {
    await this.stack.cancel();
  }

  /** @throws Fault when the passphrase does not open the secrets of the stack's settings */
  async readSecrets(): Promise<void> {
    try {
      await this.stack.getAllConfig();
    } catch (error) {
      throw faultOf((error as Error).message);
    }
  }

  /** Forgets what a killed run was making: whatever it was, it is made again or there by now. */
  async forgetInterrupted(): Promise<void> {
    const exported = await this.stack.exportStack();
    delete (exported.deployment as State).pending_operations;
    await this.stack.importStack(exported);
  }

  private async state(): Promise<State> {
    try {
      return ((await this.stack.exportStack()).deployment as State | undefined) ?? {};
    } catch (error) {
      throw faultOf((error as Error).message);
    }
  }

  private async lastResult(): Promise<UpdateResult | undefined> {
    try {
      return (await this.stack.info(false))?.result;
    } catch (error) {
      throw faultOf((error as Error).message);
    }
  }

  private whenFree<T>(operation: () => Promise<T>): Promise<T> {
    return whenFree(operation, { cancel: () => this.unlock(), tell: this.tell });
  }
}
