import { execFile } from "node:child_process";
import * as fs from "node:fs";
import { hostname } from "node:os";
import { promisify } from "node:util";
import type { Settings } from "../../settings";
import { NAMESPACE } from "../../values/shared";
import type { NeededTool } from "../../versions";
import { apiVersion } from "../lib/cluster";
import { type DockerInfo, dockerInfo } from "../lib/docker";
import { Engine, type Kept } from "../lib/engine";
import type { Revision } from "../lib/helm-records";
import { enter, PROJECT, toolFolder } from "../lib/home";
import { type ClusterState, clusterState, unknownCluster } from "../lib/kind";
import { isPulumiAtWork } from "../lib/lock";
import { contextOf, settingsOf } from "../lib/settings";
import type { Stack } from "../lib/stack";
import { FIRST_STACK, stackChosen } from "../lib/stack-name";
import { startNode } from "../lib/node";
import { ensureTool, findTool, type Tool } from "../lib/tools/tool";
import { within } from "../lib/wait";
import { forgetHalfMade, readRevisions } from "../up/releases";
import { Unseen } from "./check";

/** What no stack keeps. */
const NOTHING: Kept = { resources: 0, releases: new Set(), interrupted: false };
const ANSWER_WITHIN_MS = 3_000;

/** What the machine and the stack tell, each asked at most once, however many checks need it. */
export interface Facts {
  tool: (name: NeededTool) => Promise<Tool | { why: string }>;
  docker: () => Promise<DockerInfo>;
  /** Undefined: there is no such stack. */
  engine: () => Promise<Engine | undefined>;
  kept: () => Promise<Kept>;
  settings: () => Promise<Settings>;
  /** What has become of the cluster that the state names, or of one of its name. */
  cluster: () => Promise<ClusterState>;
  /** Processes of this machine that hold the stack; undefined: nobody can look. */
  lock: () => Promise<Lock | undefined>;
  /** Where the stack is or will be. */
  where: () => Promise<Pick<Stack, "namespace"> & { cluster: { kubeContext: string } }>;
  /** The version that the cluster's API tells. */
  api: () => Promise<string>;
  /** What Helm keeps of the releases. */
  revisions: () => Promise<Revision[]>;
  /** What mends without losing anything. */
  mend: {
    /** Fetches a program that is pinned; one of ours that is there makes way for it. */
    fetchTool: (name: NeededTool) => Promise<void>;
    fetchPlugIn: (name: string, version: string) => Promise<void>;
    startNode: typeof startNode;
    /** Has kind write its context into the user's kubeconfig. */
    writeContext: (cluster: string) => Promise<void>;
    forgetHalfMade: typeof forgetHalfMade;
  };
}

/** Who holds the stack. */
export interface Lock {
  /** On this machine, and at work. */
  living: number[];
  /** On this machine, and gone. */
  dead: number[];
  /** Other machines. */
  elsewhere: string[];
}

/** Asks this machine; the answers are those of the moment they are first asked for. */
export function factsOf(stack: string | undefined, tell: (text: string) => void): Facts {
  const tool = { pulumi: once(() => findTool("pulumi")), kind: once(() => findTool("kind")) };
  const docker = once(dockerInfo);
  const engine = once(async () => {
    seen("pulumi", await tool.pulumi());
    return Engine.open(stack, { make: false, tell });
  });
  const kept = once(async () => (await (await engine())?.kept()) ?? NOTHING);
  const name = once(async () => {
    const { name = stackChosen(stack) ?? FIRST_STACK } = (await engine().catch(() => undefined)) ?? {};
    return name;
  });
  const settings = once(async () => settingsOf(await name()));
  const where = once(async () => ({ namespace: NAMESPACE, cluster: contextOf(await settings()) }));
  const cluster = once(async () => {
    await docker();
    seen("kind", await tool.kind());
    return clusterState((await kept()).cluster ?? unknownCluster(await name()));
  });
  return {
    tool: (name) => tool[name](),
    docker,
    engine,
    kept,
    settings,
    where,
    cluster,
    lock: once(async () => lockOf(await engine())),
    api: once(async () => within(ANSWER_WITHIN_MS, apiVersion((await where()).cluster))),
    revisions: once(async () => within(ANSWER_WITHIN_MS, readRevisions(await where()))),
    mend: { fetchTool, fetchPlugIn, startNode, writeContext, forgetHalfMade },
  };
}

async function fetchTool(name: NeededTool): Promise<void> {
  fs.rmSync(toolFolder(name), { recursive: true, force: true });
  await ensureTool(name, () => undefined);
  enter();
}

const run = promisify(execFile);

async function fetchPlugIn(name: string, version: string): Promise<void> {
  await run("pulumi", ["plugin", "install", "resource", name, version], { cwd: PROJECT, env: process.env });
}

async function writeContext(cluster: string): Promise<void> {
  await run("kind", ["export", "kubeconfig", "--name", cluster], { env: process.env });
}

/** @throws Unseen when the program is not there to ask */
function seen(name: NeededTool, found: Tool | { why: string }): void {
  if ("why" in found) throw new Unseen(`not looked at, since ${name} ${found.why}`);
}

async function lockOf(engine: Engine | undefined): Promise<Lock | undefined> {
  const holders = engine ? await engine.holders() : [];
  if (holders === undefined) return undefined;
  const lock: Lock = { living: [], dead: [], elsewhere: [] };
  for (const { host, pid } of holders) {
    if (host !== hostname()) lock.elsewhere.push(host);
    else if (await isPulumiAtWork(pid)) lock.living.push(pid);
    else lock.dead.push(pid);
  }
  return lock;
}

/** The same answer, or the same error, for whoever asks. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}
