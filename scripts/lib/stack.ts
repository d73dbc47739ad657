import { execFile } from "node:child_process";
import * as path from "node:path";
import type { SumoDestination } from "../../settings";
import type { Component } from "../../versions";
import { Fault } from "./fault";

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

const PROJECT = path.resolve(__dirname, "../..");
const NOT_UP = "The stack is not up: run `pulumi up`, then this again.";

/**
 * Finds the stack: the one selected, the one of PULUMI_STACK, or the one named.
 * @throws Fault that says what keeps it from being found
 */
export async function findStack(name?: string, run = pulumi): Promise<Stack> {
  const flag = name === undefined ? [] : ["--stack", name];
  const answer = await run(["stack", "output", "--json", "--show-secrets", ...flag]);
  if (answer.code !== 0) throw faultOf(answer);
  return readStack(JSON.parse(answer.stdout) as Record<string, unknown>);
}

/** How to make its addresses answer, when they do not. */
export function howToReach({ portForward }: Stack): string {
  if (portForward.length === 0) return "start the stack with `pulumi up`";
  const commands = portForward.map((command) => `\`${command}\``).join(" and ");
  return `on this cluster run ${commands} first, each in a terminal of its own`;
}

function pulumi(args: string[]): Promise<Finished> {
  return new Promise((resolve) =>
    execFile("pulumi", [...args, "--non-interactive"], { cwd: PROJECT }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : undefined;
      resolve({ code, stdout, stderr });
    }),
  );
}

function faultOf({ code, stderr }: Finished): Fault {
  if (code === undefined)
    return new Fault(
      "The Pulumi CLI cannot be started: install it (https://www.pulumi.com/docs/install) and have `pulumi` in your PATH.",
    );
  if (/no stack selected|requires a stack|there are none/.test(stderr))
    return new Fault(
      "No stack is selected: choose one with `pulumi stack select`, or start the first with `pulumi up`.",
    );
  if (/no stack named|stack not found/i.test(stderr))
    return new Fault(`${firstError(stderr)}: \`pulumi stack ls\` lists the stacks there are.`);
  if (/incorrect passphrase/.test(stderr))
    return new Fault(
      "PULUMI_CONFIG_PASSPHRASE is not the passphrase of this stack: export the one it was made with.",
    );
  if (/passphrase must be set|PULUMI_CONFIG_PASSPHRASE/.test(stderr))
    return new Fault(
      "The stack's secrets are locked: export PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, as for `pulumi up`.",
    );
  if (/PULUMI_ACCESS_TOKEN|not logged in|pulumi login/.test(stderr))
    return new Fault("Pulumi is not logged in to a backend: run `pulumi login`, as for `pulumi up`.");
  return new Fault(`\`pulumi stack output\` failed: ${firstError(stderr)}.`);
}

/** The first line that tells of an error, without its prefix and full stop. */
function firstError(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const line = lines.find((one) => one.startsWith("error:")) ?? lines[0] ?? "it said nothing";
  return line.replace(/^error: */, "").replace(/\.\s*$/, "");
}

function readStack(outputs: Record<string, unknown>): Stack {
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
  return new Fault(`The stack has no output ${output}, so it was not made to its end: run \`pulumi up\`.`);
}
