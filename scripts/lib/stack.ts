import { execFile } from "node:child_process";
import type { SumoDestination } from "../../settings";
import type { Component } from "../../versions";
import { Fault } from "./fault";
import { PROJECT } from "./home";
import { kindClusterIn, kindContext } from "./kind";
import { faultOf } from "./pulumi-fault";

/** The running stack, as its outputs tell it. */
export interface Stack {
  /** What it runs. */
  components: Component[];
  namespace: string;
  sumoDestination: SumoDestination;
  /** Undefined: it runs without Grafana. */
  grafana?: { url: string; user: string; password: string };
  /** Undefined: it runs without Alloy. */
  otlp?: {
    /** host:port */
    grpc: string;
    /** URL without the signal's path */
    http: string;
  };
  /** How to reach the cluster's API. */
  cluster: { kubeconfig: string } | { kubeContext: string };
  /** On an existing cluster: the commands that bring Grafana and OTLP to this machine. */
  portForward: string[];
}

/** Answer of a finished program. */
export interface Finished {
  /** Undefined: it could not be started. */
  code: number | undefined;
  stdout: string;
  stderr: string;
}

const NOT_UP = "The stack is not up: run `npm run up`, then this again.";

/**
 * Finds the stack: the one named, the one of PULUMI_STACK, or the one selected.
 * @throws Fault that says what keeps it from being found
 */
export async function findStack(name?: string, run = pulumiCli): Promise<Stack> {
  return readStack(await askPulumi<Record<string, unknown>>(["stack", "output"], name, run));
}

/** How to make its addresses answer, when they do not. */
export function howToReach({ portForward }: Stack): string {
  if (portForward.length === 0) return "`npm run status` names what brings it back";
  const commands = portForward.map((command) => `\`${command}\``).join(" and ");
  return `on this cluster run ${commands} first, each in a terminal of its own`;
}

/** The context of the user's kubeconfig that leads to it, as kind or they themselves have named it. */
export function contextOf({ cluster }: Pick<Stack, "cluster">): string {
  return "kubeContext" in cluster ? cluster.kubeContext : kindContext(kindClusterIn(cluster.kubeconfig));
}

/** kubectl as it has to be typed to reach the stack. */
export function kubectl(stack: Pick<Stack, "cluster" | "namespace">): string {
  return `kubectl --context ${contextOf(stack)} -n ${stack.namespace}`;
}

/** helm as it has to be typed to reach the stack. */
export function helm(stack: Pick<Stack, "cluster" | "namespace">): string {
  return `helm --kube-context ${contextOf(stack)} -n ${stack.namespace}`;
}

/**
 * Asks plain `pulumi` for what it keeps of a stack, secrets with it.
 * @param stack undefined: the one of PULUMI_STACK, or the one selected
 * @throws Fault when it does not tell
 */
export async function askPulumi<T>(args: string[], stack: string | undefined, run = pulumiCli): Promise<T> {
  const flag = stack === undefined ? [] : ["--stack", stack];
  const { code, stdout, stderr } = await run([...args, "--json", "--show-secrets", ...flag]);
  if (code === undefined) throw new Fault("The Pulumi CLI is missing: `npm run up` puts it in place.");
  if (code !== 0) throw faultOf(stderr);
  return JSON.parse(stdout) as T;
}

/** Runs plain `pulumi` in the project. */
export function pulumiCli(args: string[]): Promise<Finished> {
  return new Promise((resolve) =>
    execFile("pulumi", [...args, "--non-interactive"], { cwd: PROJECT }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : undefined;
      resolve({ code, stdout, stderr });
    }),
  );
}

/**
 * Reads the stack's outputs.
 * @throws Fault when there are none, or not all
 */
export function readStack(outputs: Record<string, unknown>): Stack {
  if (Object.keys(outputs).length === 0) throw new Fault(NOT_UP);
  const text = (key: string): string => {
    const value = outputs[key];
    if (typeof value !== "string") throw missing(key);
    return value;
  };
  const { components } = outputs;
  if (!Array.isArray(components)) throw missing("components");
  const runs = (component: Component) => components.includes(component);
  return {
    components: components as Component[],
    namespace: text("namespace"),
    sumoDestination: text("sumoDestination") as SumoDestination,
    grafana: runs("grafana")
      ? { url: text("grafanaUrl"), user: text("grafanaUser"), password: text("grafanaPassword") }
      : undefined,
    otlp: runs("alloy") ? { grpc: text("otlpGrpcEndpoint"), http: text("otlpHttpEndpoint") } : undefined,
    cluster:
      outputs.kubeContext === undefined
        ? { kubeconfig: text("kubeconfig") }
        : { kubeContext: text("kubeContext") },
    portForward: Array.isArray(outputs.portForward) ? (outputs.portForward as string[]) : [],
  };
}

function missing(output: string): Fault {
  return new Fault(`The stack has no output ${output}, so it was not made to its end: run \`npm run up\`.`);
}
