import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { nodeOf, type Port, portsInUse } from "../lib/kind";
import { asTyped } from "../lib/home";
import { type Check, type Found, Unseen } from "./check";
import type { Facts } from "./facts";

/** The stack's ports on this machine: free while it is down, its own while it is up, and never another's. */
export const PORTS: Check[] = [{ name: "ports", look: ports }];

/** The cluster of our name, as far as ports go. */
interface Own {
  node: string;
  runs: boolean;
  /** Those that it has, by key; none where there is nothing to keep, since the next `up` makes it anew. */
  ports: Map<string, number>;
}

async function ports(facts: Facts): Promise<Found[]> {
  const { cluster } = await facts.settings().catch(() => {
    throw new Unseen("not looked at, since the settings are wrong");
  });
  if (cluster.kind === "existing") return [];
  const inUse = await portsInUse({ ...cluster.hostPorts });
  const own = await ownCluster(facts);
  return (await Promise.all(inUse.map((port) => judge(port, own)))).flat();
}

/** A cluster that Docker does not tell of may be whole, so it counts as there. */
async function ownCluster(facts: Facts): Promise<Own> {
  // What keeps one of these from being known, its own check tells.
  const { cluster } = await facts.kept().catch(() => ({ cluster: undefined }));
  const state = await facts.cluster().catch(() => undefined);
  const isThere = state === undefined || state === "running" || state === "stopped";
  const words = isThere && cluster?.HOST_PORTS ? cluster.HOST_PORTS.split(" ") : [];
  const ports = words.map((word): [string, number] => {
    const [key = "", port] = word.split("=");
    return [key, Number(port)];
  });
  return { node: nodeOf(cluster), runs: state === "running", ports: new Map(ports) };
}

async function judge({ key, port, taken }: Port, own: Own): Promise<Found[]> {
  const name = `port ${port}`;
  const has = own.ports.get(key);
  if (own.runs && has === port) return [{ name, ...ownPort(key, taken) }];
  const holder = taken ? await whoHas(port) : undefined;
  if (has !== undefined && has !== port)
    return [
      {
        name,
        state: holder === undefined ? "warn" : "wrong",
        saw: `${key}: ${holder === undefined ? "free" : `taken by ${holder}`}, while the cluster has ${has}; the next \`npm run up\` makes the cluster anew for it, data included`,
        mend: `to keep the cluster: ${choosing(key, has)}`,
      },
    ];
  if (holder === undefined) return [{ name, state: "ok", saw: `${key}: free` }];
  if (holder === theContainer(own.node)) return []; // what became of it, the check of the cluster tells
  return [{ name, state: "wrong", saw: `${key}: taken by ${holder}`, mend: makingRoom(key, port, own) }];
}

/** A port that our cluster has, and that should answer. */
function ownPort(key: string, answers: boolean): Omit<Found, "name"> {
  if (answers) return { state: "ok", saw: `${key}: the stack's own` };
  return {
    state: "wrong",
    saw: `${key}: nothing answers, though the cluster has it`,
    mend: "`npm run pause && npm run resume` makes Docker open it again",
  };
}

/** What helps against a program that has a port of ours; another port is the lesser evil only where no data goes with it. */
function makingRoom(key: string, port: number, { ports }: Own): string {
  if (ports.has(key))
    return "stop that program; with another port the next `npm run up` would make the cluster anew, data included";
  const other = port < 64536 ? port + 1000 : port - 1000;
  return `stop that program, or choose another port: ${choosing(key, other)}`;
}

function choosing(key: string, port: number): string {
  return `\`${asTyped(`pulumi config set ${key} ${port}`)}\``;
}

const run = promisify(execFile);
const SAID_WITHIN_MS = 5_000;

/** The container or the program that has a port, as far as this user may know. */
async function whoHas(port: number): Promise<string> {
  const container = await said("docker", "ps", "--filter", `publish=${port}`, "--format", "{{.Names}}");
  if (container) return theContainer(container.split("\n").join(", "));
  const fields = await said("lsof", "-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc");
  const [, pid] = /^p(\d+)$/m.exec(fields) ?? [];
  const [, program] = /^c(.+)$/m.exec(fields) ?? [];
  return program === undefined ? "another program" : `${program} (process ${pid})`;
}

function theContainer(name: string): string {
  return `the container ${name}`;
}

async function said(program: string, ...args: string[]): Promise<string> {
  return run(program, args, { env: process.env, timeout: SAID_WITHIN_MS }).then(
    ({ stdout }) => stdout.trim(),
    () => "", // not here, not allowed, or it hangs
  );
}
